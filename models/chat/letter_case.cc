#include <utf8proc.h>

#include "models/chat/text.h"
#include "models/tokenizer/utf8.h"

namespace spacemoe::jinja {
namespace {

utf8proc_category_t Category(char32_t c) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(c));
}

void AppendUpper(char32_t c, std::string* out) {
  constexpr char32_t kSharpS = 0xDF;
  if (c == kSharpS) {
    out->append("SS");
    return;
  }
  AppendUtf8(
      static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(c))),
      out);
}

void AppendLower(char32_t c, std::string* out) {
  for (const char32_t lower : LowerCase(c)) AppendUtf8(lower, out);
}

}  // namespace

std::string UpperText(std::string_view text) {
  std::string out;
  ForEachCodePoint(
      text, [&](CodePoint point, size_t) { AppendUpper(point.value, &out); });
  return out;
}

std::string LowerText(std::string_view text) {
  std::string out;
  ForEachCodePoint(
      text, [&](CodePoint point, size_t) { AppendLower(point.value, &out); });
  return out;
}

std::string CapitalizeText(std::string_view text) {
  std::string out;
  ForEachCodePoint(text, [&](CodePoint point, size_t at) {
    at == 0 ? AppendUpper(point.value, &out) : AppendLower(point.value, &out);
  });
  return out;
}

std::string TitleText(std::string_view text) {
  std::string out;
  bool inside = false;
  ForEachCodePoint(text, [&](CodePoint point, size_t) {
    inside ? AppendLower(point.value, &out) : AppendUpper(point.value, &out);
    inside = IsUpper(point.value) || IsLower(point.value);
  });
  return out;
}

bool IsLetter(char32_t c) {
  const auto category = Category(c);
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

bool IsLetterOrNumber(char32_t c) { return IsLetter(c) || IsNumeric(c); }

bool IsUpper(char32_t c) { return Category(c) == UTF8PROC_CATEGORY_LU; }

bool IsLower(char32_t c) { return Category(c) == UTF8PROC_CATEGORY_LL; }

bool IsDigit(char32_t c) { return Category(c) == UTF8PROC_CATEGORY_ND; }

bool IsPrintable(char32_t c) {
  if (c == ' ') return true;
  const auto category = Category(c);
  return category != UTF8PROC_CATEGORY_CN && category < UTF8PROC_CATEGORY_ZS;
}

}  // namespace spacemoe::jinja
