// Python's string operations on valid UTF-8, counted in characters.
#ifndef SPACEMOE_MODELS_CHAT_TEXT_H_
#define SPACEMOE_MODELS_CHAT_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spacemoe::jinja {

std::vector<std::string_view> SplitCharacters(std::string_view text);

// Offset of `needle` at or behind `from`, npos if none. Linear time.
size_t FindText(std::string_view text, std::string_view needle,
                size_t from = 0);
size_t FindTextFromEnd(std::string_view text, std::string_view needle);

std::string UpperText(std::string_view text);
std::string LowerText(std::string_view text);
std::string CapitalizeText(std::string_view text);
// str.title(): a capital wherever letters begin.
std::string TitleText(std::string_view text);

// Which ends to strip; without `characters` white space.
enum class Side { kBoth, kLeft, kRight };
std::string_view StripText(std::string_view text,
                           std::optional<std::string_view> characters,
                           Side side);

// str.split(); `limit` splits at most, -1: no limit.
std::vector<std::string_view> SplitAtSpaces(std::string_view text,
                                            int64_t limit);
std::vector<std::string_view> SplitText(std::string_view text,
                                        std::string_view separator,
                                        int64_t limit);
std::vector<std::string_view> SplitTextFromEnd(std::string_view text,
                                               std::string_view separator,
                                               int64_t limit);
// str.splitlines().
std::vector<std::string_view> SplitLines(std::string_view text, bool keep_ends);

std::string ReplaceText(std::string_view text, std::string_view from,
                        std::string_view to, int64_t limit);
// Occurrences that do not overlap; empty needles are between all characters.
int64_t CountText(std::string_view text, std::string_view needle);
std::string EscapeHtml(std::string_view text);

// What str.isdigit() and its like ask of each character.
bool IsLetter(char32_t c);
bool IsLetterOrNumber(char32_t c);
bool IsUpper(char32_t c);
bool IsLower(char32_t c);
bool IsPrintable(char32_t c);
bool IsDigit(char32_t c);

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_TEXT_H_
