#include "models/tokenizer/text_mappings.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

#include "absl/strings/str_cat.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

int OptionsOf(UnicodeForm form) {
  switch (form) {
    case UnicodeForm::kNfc:
      return UTF8PROC_COMPOSE;
    case UnicodeForm::kNfd:
      return UTF8PROC_DECOMPOSE;
    case UnicodeForm::kNfkc:
      return UTF8PROC_COMPOSE | UTF8PROC_COMPAT;
    case UnicodeForm::kNfkd:
      return UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT;
  }
  return 0;
}

// Replaces each character c by edit(c, out), which appends what it becomes.
template <typename Edit>
std::string EditCharacters(const std::string& text, Edit edit) {
  std::string out;
  out.reserve(text.size());
  ForEachCodePoint(text,
                   [&](CodePoint point, size_t) { edit(point.value, &out); });
  return out;
}

std::string RemoveNonSpacingMarks(const std::string& text) {
  return EditCharacters(text, [](char32_t c, std::string* out) {
    if (!IsNonSpacingMark(c)) AppendUtf8(c, out);
  });
}

bool IsTabOrNewline(char32_t c) { return c == '\t' || c == '\n' || c == '\r'; }

std::string CleanForBert(const std::string& text) {
  constexpr char32_t kReplacement = 0xFFFD;
  return EditCharacters(text, [](char32_t c, std::string* out) {
    const bool keep =
        IsTabOrNewline(c) || !(c == kReplacement || IsControlOrPrivate(c));
    if (!keep) return;
    AppendUtf8(IsWhitespace(c) ? U' ' : c, out);
  });
}

// As Hugging Face's library has it, where U+2B820 to U+2B91F are missing.
bool IsIdeograph(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B81F) ||
         (c >= 0x2B920 && c <= 0x2CEAF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x2F800 && c <= 0x2FA1F);
}

std::string SeparateIdeographs(const std::string& text) {
  return EditCharacters(text, [](char32_t c, std::string* out) {
    const bool ideograph = IsIdeograph(c);
    if (ideograph) out->push_back(' ');
    AppendUtf8(c, out);
    if (ideograph) out->push_back(' ');
  });
}

bool IsRemovedForNmt(char32_t c) {
  return (c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) ||
         c == 0x7F || c == 0x8F || c == 0x9F;
}

bool IsSpaceForNmt(char32_t c) {
  return c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == 0x1680 ||
         (c >= 0x200B && c <= 0x200F) || c == 0x2028 || c == 0x2029 ||
         c == 0x2581 || c == 0xFEFF || c == 0xFFFD;
}

}  // namespace

absl::StatusOr<std::string> ToUnicodeForm(const std::string& text,
                                          UnicodeForm form) {
  if (text.empty()) return text;
  utf8proc_uint8_t* mapped = nullptr;
  const auto length = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(text.size()), &mapped,
      static_cast<utf8proc_option_t>(OptionsOf(form) | UTF8PROC_STABLE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(
      mapped, &std::free);
  if (length < 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "Unicode normalization failed: ", utf8proc_errmsg(length)));
  }
  return std::string(reinterpret_cast<char*>(mapped),
                     static_cast<size_t>(length));
}

std::string ToLowerCase(const std::string& text) {
  return EditCharacters(text, [](char32_t c, std::string* out) {
    for (const char32_t lower : LowerCase(c)) AppendUtf8(lower, out);
  });
}

std::string RemoveMarks(const std::string& text) {
  return EditCharacters(text, [](char32_t c, std::string* out) {
    if (!IsMark(c)) AppendUtf8(c, out);
  });
}

std::string StripSpaces(const std::string& text, bool left, bool right) {
  size_t begin = text.size();
  size_t end = 0;
  ForEachCodePoint(text, [&](CodePoint point, size_t at) {
    if (IsWhitespace(point.value)) return;
    if (begin == text.size()) begin = at;
    end = at + point.length;
  });
  if (!left) begin = 0;
  if (!right) end = text.size();
  return begin < end ? text.substr(begin, end - begin) : std::string();
}

std::string CleanForNmt(const std::string& text) {
  return EditCharacters(text, [](char32_t c, std::string* out) {
    if (IsRemovedForNmt(c)) return;
    AppendUtf8(IsSpaceForNmt(c) ? U' ' : c, out);
  });
}

absl::StatusOr<std::string> NormalizeForBert(const std::string& text,
                                             const BertOptions& options) {
  std::string out = options.clean_text ? CleanForBert(text) : text;
  if (options.handle_chinese_chars) out = SeparateIdeographs(out);
  if (options.strip_accents) {
    SPACEMOE_ASSIGN_OR_RETURN(out, ToUnicodeForm(out, UnicodeForm::kNfd));
    out = RemoveNonSpacingMarks(out);
  }
  return options.lowercase ? ToLowerCase(out) : out;
}

}  // namespace spacemoe
