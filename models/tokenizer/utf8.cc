#include "models/tokenizer/utf8.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>

namespace spacemoe {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Length of the sequence that a lead byte announces, and the bounds of its
// second byte (Unicode, table 3-7).
struct LeadByte {
  int length = 0;
  uint8_t second_low = 0x80;
  uint8_t second_high = 0xBF;
};

LeadByte ClassifyLead(uint8_t lead) {
  if (lead < 0x80) return {1};
  if (lead < 0xC2) return {0};
  if (lead < 0xE0) return {2};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead < 0xF4) return {4};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0};
}

// How many bytes at `position` are the beginning of a character; `complete`
// says whether it is whole. 0: the lead byte itself is wrong.
int WellFormedLength(std::string_view text, size_t position, bool* complete) {
  const LeadByte lead = ClassifyLead(static_cast<uint8_t>(text[position]));
  *complete = lead.length == 1;
  int taken = lead.length == 0 ? 0 : 1;
  while (taken > 0 && taken < lead.length) {
    if (position + taken >= text.size()) return taken;
    const auto byte = static_cast<uint8_t>(text[position + taken]);
    const uint8_t low = taken == 1 ? lead.second_low : 0x80;
    const uint8_t high = taken == 1 ? lead.second_high : 0xBF;
    if (byte < low || byte > high) return taken;
    ++taken;
    *complete = taken == lead.length;
  }
  return taken;
}

char32_t Assemble(std::string_view bytes) {
  const auto lead = static_cast<uint8_t>(bytes[0]);
  if (bytes.size() == 1) return lead;
  char32_t value = lead & (0xFF >> (bytes.size() + 1));
  for (size_t i = 1; i < bytes.size(); ++i) {
    value = (value << 6) | (static_cast<uint8_t>(bytes[i]) & 0x3F);
  }
  return value;
}

utf8proc_category_t Category(char32_t c) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(c));
}

// Symbols that have the property Alphabetic: letters in circles and squares.
bool IsLetterLikeSymbol(char32_t c) {
  return (c >= 0x24B6 && c <= 0x24E9) || (c >= 0x1F130 && c <= 0x1F149) ||
         (c >= 0x1F150 && c <= 0x1F169) || (c >= 0x1F170 && c <= 0x1F189);
}

}  // namespace

CodePoint DecodeCodePoint(std::string_view text, size_t position) {
  bool complete = false;
  const int length = WellFormedLength(text, position, &complete);
  if (!complete) return {};
  return {Assemble(text.substr(position, length)), length};
}

std::int64_t CountCharacters(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (c & 0xC0) != 0x80; });
}

void AppendUtf8(char32_t value, std::string* out) {
  utf8proc_uint8_t buffer[4];
  const auto length =
      utf8proc_encode_char(static_cast<utf8proc_int32_t>(value), buffer);
  out->append(reinterpret_cast<const char*>(buffer),
              static_cast<size_t>(length));
}

std::optional<size_t> FindInvalidUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const int length = DecodeCodePoint(text, i).length;
    if (length == 0) return i;
    i += length;
  }
  return std::nullopt;
}

bool IsWhitespace(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool IsNumeric(char32_t c) {
  const auto category = Category(c);
  return category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NL ||
         category == UTF8PROC_CATEGORY_NO;
}

bool IsPunctuation(char32_t c) {
  if (c < 0x80) {
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') ||
           (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
  }
  const auto category = Category(c);
  return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

bool IsWordCharacter(char32_t c) {
  constexpr char32_t kNonJoiner = 0x200C;
  constexpr char32_t kJoiner = 0x200D;
  if (c == kNonJoiner || c == kJoiner || IsLetterLikeSymbol(c)) return true;
  const auto category = Category(c);
  // The categories L*, M*, Nd and Nl stand first in utf8proc's order.
  return (category >= UTF8PROC_CATEGORY_LU &&
          category <= UTF8PROC_CATEGORY_NL) ||
         category == UTF8PROC_CATEGORY_PC;
}

bool IsNonSpacingMark(char32_t c) {
  return Category(c) == UTF8PROC_CATEGORY_MN;
}

bool IsMark(char32_t c) {
  const auto category = Category(c);
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
         category == UTF8PROC_CATEGORY_ME;
}

bool IsControlOrPrivate(char32_t c) {
  const auto category = Category(c);
  return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
         category == UTF8PROC_CATEGORY_CO;
}

std::u32string LowerCase(char32_t c) {
  constexpr char32_t kCapitalIWithDot = 0x130;
  if (c == kCapitalIWithDot) return U"i\u0307";
  const auto lower = utf8proc_tolower(static_cast<utf8proc_int32_t>(c));
  return std::u32string(1, static_cast<char32_t>(lower));
}

std::string Utf8Repair::Push(std::string_view bytes) {
  pending_.append(bytes);
  std::string out;
  size_t i = 0;
  while (i < pending_.size()) {
    bool complete = false;
    const int length = WellFormedLength(pending_, i, &complete);
    const bool cut = length > 0 && i + length == pending_.size();
    if (!complete && cut) break;
    if (complete) {
      out.append(pending_, i, length);
    } else {
      out.append(kReplacement);
    }
    i += length == 0 ? 1 : length;
  }
  pending_.erase(0, i);
  return out;
}

std::string Utf8Repair::Flush() {
  const bool held = !pending_.empty();
  pending_.clear();
  return held ? std::string(kReplacement) : std::string();
}

}  // namespace spacemoe
