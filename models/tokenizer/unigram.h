// The Unigram model: the segmentation of highest total score (Viterbi).
// Kudo, "Subword Regularization", 2018; equation 4.
#ifndef SPACEMOE_MODELS_TOKENIZER_UNIGRAM_H_
#define SPACEMOE_MODELS_TOKENIZER_UNIGRAM_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "models/tokenizer/byte_trie.h"
#include "models/tokenizer/json_field.h"
#include "models/tokenizer/token_model.h"
#include "models/tokenizer/vocabulary.h"

namespace spacemoe {

struct UnigramOptions {
  std::vector<std::string> pieces;  // by id
  std::vector<double> scores;       // log probabilities, by id
  // Ids of pieces that no text becomes.
  absl::flat_hash_set<int32_t> unreachable;
  std::optional<int32_t> unk_id;
  bool byte_fallback = false;
};

class Unigram : public TokenModel {
 public:
  static absl::StatusOr<std::unique_ptr<Unigram>> Create(
      UnigramOptions options);

  // Time is linear in the word for a given longest piece. InvalidArgument for
  // a character without a piece when there is no unknown token.
  absl::Status Tokenize(std::string_view word,
                        std::vector<int32_t>* ids) const override;
  const Vocabulary& vocabulary() const override { return vocabulary_; }

 private:
  struct Node {
    double score = 0.0;
    int64_t start = -1;  // where the last piece begins; -1: not reached
    int32_t id = -1;     // that piece; kUnknown if no piece fits
  };
  explicit Unigram(UnigramOptions options);
  std::vector<Node> BestPaths(std::string_view word) const;
  // The bytes [begin, end) of a word and their piece. A run of characters
  // without a piece is one part.
  struct Part {
    size_t begin = 0;
    size_t end = 0;
    int32_t id = -1;
  };
  std::vector<Part> BestParts(std::string_view word) const;
  absl::Status EmitUnknown(std::string_view text,
                           std::vector<int32_t>* ids) const;

  const UnigramOptions options_;
  Vocabulary vocabulary_;
  ByteTrie trie_;
  std::array<int32_t, 256> byte_tokens_;
  double unknown_score_ = 0.0;
};

absl::StatusOr<std::unique_ptr<TokenModel>> ParseUnigram(
    const JsonField& field);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_UNIGRAM_H_
