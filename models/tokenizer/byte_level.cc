#include "models/tokenizer/byte_level.h"

#include <array>
#include <cstdint>

#include "models/tokenizer/utf8.h"

namespace spacemoe {
namespace {

constexpr char32_t kFirstShifted = 0x100;
constexpr int kAlphabetEnd = 0x144;

constexpr bool StandsForItself(int byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) ||
         (byte >= 0xAE && byte <= 0xFF);
}

struct Alphabet {
  std::array<std::string, 256> character;     // by byte, UTF-8
  std::array<int16_t, kAlphabetEnd> byte_of;  // by code point, or -1
};

const Alphabet& GetAlphabet() {
  static const auto* const alphabet = [] {
    auto* table = new Alphabet;
    table->byte_of.fill(-1);
    char32_t shifted = kFirstShifted;
    for (int byte = 0; byte < 256; ++byte) {
      const char32_t c = StandsForItself(byte) ? byte : shifted++;
      AppendUtf8(c, &table->character[byte]);
      table->byte_of[c] = static_cast<int16_t>(byte);
    }
    return table;
  }();
  return *alphabet;
}

}  // namespace

std::string BytesToAlphabet(std::string_view text) {
  const Alphabet& alphabet = GetAlphabet();
  std::string out;
  out.reserve(text.size() * 2);
  for (const char c : text) out += alphabet.character[static_cast<uint8_t>(c)];
  return out;
}

std::optional<std::string> AlphabetToBytes(std::string_view token) {
  const Alphabet& alphabet = GetAlphabet();
  std::string bytes;
  bool known = true;
  ForEachCodePoint(token, [&](CodePoint point, size_t) {
    const int byte =
        point.value < kAlphabetEnd ? alphabet.byte_of[point.value] : -1;
    known = known && byte >= 0;
    bytes.push_back(static_cast<char>(byte));
  });
  if (!known) return std::nullopt;
  return bytes;
}

}  // namespace spacemoe
