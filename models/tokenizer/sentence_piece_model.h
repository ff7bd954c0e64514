// What a SentencePiece model holds: tokenizer.model, or a GGUF file's "llama"
// and "t5" tokenizers. Kudo and Richardson, "SentencePiece: A simple and
// language independent subword tokenizer and detokenizer", 2018.
#ifndef SPACEMOE_MODELS_TOKENIZER_SENTENCE_PIECE_MODEL_H_
#define SPACEMOE_MODELS_TOKENIZER_SENTENCE_PIECE_MODEL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "models/tokenizer/gguf_tokenizer_data.h"

namespace spacemoe {

// Values of SentencePiece.Type; GGUF has taken them over.
using SentencePieceType = GgufTokenType;

struct SentencePiece {
  std::string text;
  float score = 0.0f;
  SentencePieceType type = SentencePieceType::kNormal;
};

enum class SentencePieceKind { kUnigram = 1, kBpe = 2, kWord = 3, kChar = 4 };

struct SentencePieceModel {
  SentencePieceKind kind = SentencePieceKind::kUnigram;
  std::vector<SentencePiece> pieces;  // by id
  bool byte_fallback = false;
  int64_t bos_id = 1;  // -1: there is none; so below
  int64_t eos_id = 2;
  // How a text is changed first.
  std::string charsmap;  // see charsmap.h; empty: not at all
  bool add_dummy_prefix = true;
  bool remove_extra_whitespaces = true;
  bool escape_whitespaces = true;
  bool treat_whitespace_as_suffix = false;
};

// Reads sentencepiece_model.proto's ModelProto. InvalidArgument, beginning
// with `source`, for bytes that are none.
absl::StatusOr<SentencePieceModel> ParseSentencePieceModel(
    std::string_view bytes, const std::string& source);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_SENTENCE_PIECE_MODEL_H_
