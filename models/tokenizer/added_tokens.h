// Tokens that are found in the text before anything else looks at it.
#ifndef SPACEMOE_MODELS_TOKENIZER_ADDED_TOKENS_H_
#define SPACEMOE_MODELS_TOKENIZER_ADDED_TOKENS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/tokenizer/byte_trie.h"
#include "models/tokenizer/json_field.h"
#include "models/tokenizer/normalizer.h"
#include "models/tokenizer/oniguruma.h"
#include "models/tokenizer/string_hash.h"
#include "models/tokenizer/vocabulary.h"

namespace spacemoe {

struct AddedToken {
  std::string content;
  int32_t id = 0;
  bool special = false;      // left out where special tokens are skipped
  bool single_word = false;  // only between characters that are not of a word
  bool lstrip = false;       // takes the spaces before it
  bool rstrip = false;       // takes the spaces behind it
  bool normalized = false;   // searched in the normalized text
};

// Thread-safe after construction.
class AddedTokens {
 public:
  // Part of a text: an added token, or text between such.
  struct Section {
    std::optional<int32_t> id;
    Span span;
  };

  static absl::StatusOr<AddedTokens> Create(std::vector<AddedToken> tokens,
                                            const Normalizer& normalizer);

  // Cuts the text as it was given, then what is left once normalized. The
  // leftmost, then the longest token wins.
  std::vector<Section> SplitRaw(std::string_view text) const;
  std::vector<Section> SplitNormalized(std::string_view text) const;

  std::optional<int32_t> Find(std::string_view content) const;
  // What decoding gives for an id: the content, normalized where it is searched
  // so; nullptr for ids of other tokens. Valid as long as this object.
  const std::string* Text(int32_t id) const;
  // The largest id plus one.
  int64_t id_end() const { return id_end_; }
  bool IsSpecial(std::string_view content) const {
    return special_.contains(content);
  }

 private:
  std::vector<Section> Split(const ByteTrie& trie, std::string_view text) const;

  std::vector<AddedToken> tokens_;
  absl::flat_hash_map<std::string, int32_t, StringHash, StringEqual> ids_;
  absl::flat_hash_map<int32_t, std::string> texts_;
  int64_t id_end_ = 0;
  absl::flat_hash_set<std::string, StringHash, StringEqual> special_;
  ByteTrie raw_;  // values are indices into tokens_
  ByteTrie normalized_;
};

// The text and the flags of one; its id stays 0.
absl::StatusOr<AddedToken> ParseAddedToken(const JsonField& field);

// The field "added_tokens". As in Hugging Face's library a token that the model
// knows too has the model's id, others are numbered in their order from the
// model's size on, whatever ids the file gives them.
absl::StatusOr<std::vector<AddedToken>> ParseAddedTokens(
    const JsonField& field, const Vocabulary& model);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_ADDED_TOKENS_H_
