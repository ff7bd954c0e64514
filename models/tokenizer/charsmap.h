// Normalization rules as sentencepiece compiles them into a model
// (precompiled_charsmap): a double-array trie over UTF-8 (Aoe, "An Efficient
// Digital Search Algorithm by Using a Double-Array Structure", 1989, in the
// layout of Darts-clone) whose values are offsets into a pool of NUL-terminated
// strings.
#ifndef SPACEMOE_MODELS_TOKENIZER_CHARSMAP_H_
#define SPACEMOE_MODELS_TOKENIZER_CHARSMAP_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace spacemoe {

// Thread-safe.
class Charsmap {
 public:
  // uint32 size of the trie in bytes, little-endian; the trie, little-endian
  // uint32 units; the pool. InvalidArgument if it is cut short or the pool is
  // not UTF-8.
  static absl::StatusOr<std::shared_ptr<const Charsmap>> Create(
      std::string_view blob);

  // A key that a text begins with, and what replaces it.
  struct Match {
    size_t length = 0;  // bytes
    std::string_view replacement;
  };
  // The longest such key, or the shortest.
  std::optional<Match> Longest(std::string_view text) const;
  std::optional<Match> Shortest(std::string_view text) const;

 private:
  template <typename Visit>
  void ForEachPrefix(std::string_view text, Visit visit) const;
  std::optional<uint32_t> Unit(uint32_t index) const;

  std::vector<uint32_t> units_;
  std::string pool_;
};

// As sentencepiece applies the rules: at each place the longest key.
std::string ApplyLongest(const Charsmap& charsmap, std::string_view text);

// As Hugging Face's "Precompiled" does: a grapheme cluster of up to 5 bytes is
// replaced as a whole by the rule of the shortest key that it begins with, any
// other one character by character.
std::string ApplyByGrapheme(const Charsmap& charsmap, std::string_view text);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_CHARSMAP_H_
