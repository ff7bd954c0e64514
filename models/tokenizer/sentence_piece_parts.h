// The steps of a tokenizer that a SentencePiece model describes.
#ifndef SPACEMOE_MODELS_TOKENIZER_SENTENCE_PIECE_PARTS_H_
#define SPACEMOE_MODELS_TOKENIZER_SENTENCE_PIECE_PARTS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/tokenizer/added_tokens.h"
#include "models/tokenizer/sentence_piece_model.h"
#include "models/tokenizer/tokenizer_parts.h"

namespace spacemoe {

struct SentencePieceOptions {
  bool add_bos = false;
  bool add_eos = false;
  // The space that stands before a text stands behind each special token too.
  bool prefix_every_section = true;
  // Beside the model's control, unknown and user-defined pieces; one of the
  // same text replaces the model's.
  std::vector<AddedToken> added;
};

// Errors begin with `source`.
absl::StatusOr<std::unique_ptr<TokenizerParts>> MakeSentencePieceParts(
    const SentencePieceModel& model, const SentencePieceOptions& options,
    const std::string& source);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_SENTENCE_PIECE_PARTS_H_
