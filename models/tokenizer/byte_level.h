// GPT-2's alphabet: each byte has a printable character of its own.
#ifndef SPACEMOE_MODELS_TOKENIZER_BYTE_LEVEL_H_
#define SPACEMOE_MODELS_TOKENIZER_BYTE_LEVEL_H_

#include <optional>
#include <string>
#include <string_view>

namespace spacemoe {

// GPT-2's split into words, numbers, punctuation and spaces.
inline constexpr std::string_view kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

// Each byte of `text` as its character.
std::string BytesToAlphabet(std::string_view text);

// The bytes that the characters of `token` (valid UTF-8) stand for; nothing if
// one of them is not of the alphabet.
std::optional<std::string> AlphabetToBytes(std::string_view token);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_BYTE_LEVEL_H_
