// UTF-8 and Unicode character classes, as tokenizers need them.
#ifndef SPACEMOE_MODELS_TOKENIZER_UTF8_H_
#define SPACEMOE_MODELS_TOKENIZER_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spacemoe {

struct CodePoint {
  char32_t value = 0;
  int length = 0;  // bytes taken; 0 where the bytes are not UTF-8
};

// The code point that starts at byte `position` (< text.size()).
CodePoint DecodeCodePoint(std::string_view text, size_t position);

// Appends `value` (a Unicode scalar value) as UTF-8.
void AppendUtf8(char32_t value, std::string* out);

// The offset of the first byte that is not UTF-8, or nothing.
std::optional<size_t> FindInvalidUtf8(std::string_view text);

// Calls visit(CodePoint, byte offset) for each code point of valid UTF-8.
template <typename Visit>
void ForEachCodePoint(std::string_view text, Visit visit) {
  for (size_t i = 0; i < text.size();) {
    const CodePoint point = DecodeCodePoint(text, i);
    if (point.length == 0) return;
    visit(point, i);
    i += point.length;
  }
}

// Code points of valid UTF-8.
std::int64_t CountCharacters(std::string_view text);

bool IsWhitespace(char32_t c);         // property White_Space
bool IsNumeric(char32_t c);            // general category N*
bool IsPunctuation(char32_t c);        // category P* or ASCII punctuation
bool IsWordCharacter(char32_t c);      // \w of Unicode TR 18, annex C
bool IsNonSpacingMark(char32_t c);     // category Mn
bool IsMark(char32_t c);               // categories M*
bool IsControlOrPrivate(char32_t c);   // categories Cc, Cf, Co
std::u32string LowerCase(char32_t c);  // full mapping, without context

// Turns a stream of bytes into UTF-8. Each maximal part that can not become a
// character is replaced by one U+FFFD, as Rust's String::from_utf8_lossy does.
// Bytes that may still become a character are held back.
class Utf8Repair {
 public:
  // Text that is certain now.
  std::string Push(std::string_view bytes);
  // What was held back, replaced.
  std::string Flush();

 private:
  std::string pending_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_UTF8_H_
