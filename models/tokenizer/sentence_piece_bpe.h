// Byte pair encoding as SentencePiece does it: two neighbours merge if together
// they are a piece, pairs of the highest score first, the leftmost of equals.
// Other than Bpe it needs no list of merges, and characters without a token may
// still become part of a piece.
#ifndef SPACEMOE_MODELS_TOKENIZER_SENTENCE_PIECE_BPE_H_
#define SPACEMOE_MODELS_TOKENIZER_SENTENCE_PIECE_BPE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "models/tokenizer/sentence_piece_model.h"
#include "models/tokenizer/token_model.h"
#include "models/tokenizer/vocabulary.h"

namespace spacemoe {

class SentencePieceBpe : public TokenModel {
 public:
  explicit SentencePieceBpe(const SentencePieceModel& model);

  // n characters take O(n log n). InvalidArgument for a character without a
  // piece when there is neither byte fallback nor an unknown piece.
  absl::Status Tokenize(std::string_view word,
                        std::vector<int32_t>* ids) const override;
  const Vocabulary& vocabulary() const override { return vocabulary_; }

  // The piece that `text` may merge into, if any.
  std::optional<int32_t> FindPiece(std::string_view text) const {
    return pieces_.Find(text);
  }
  float Score(int32_t id) const { return scores_[id]; }
  // A piece that merges may pass through but not end with.
  bool IsUnused(int32_t id) const { return unused_[id]; }

 private:
  absl::Status EmitUnknown(std::string_view text, bool after_unknown,
                           std::vector<int32_t>* ids) const;

  Vocabulary vocabulary_;  // all pieces
  Vocabulary pieces_;      // those that text can become
  std::vector<float> scores_;
  std::vector<bool> unused_;
  std::optional<int32_t> unk_id_;
  bool byte_fallback_ = false;
  std::array<int32_t, 256> byte_tokens_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_SENTENCE_PIECE_BPE_H_
