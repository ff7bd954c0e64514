// What finds tokens within a word.
#ifndef SPACEMOE_MODELS_TOKENIZER_TOKEN_MODEL_H_
#define SPACEMOE_MODELS_TOKENIZER_TOKEN_MODEL_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/tokenizer/json_field.h"
#include "models/tokenizer/vocabulary.h"

namespace spacemoe {

// Thread-safe.
class TokenModel {
 public:
  virtual ~TokenModel() = default;
  // Appends the tokens of `word`: valid UTF-8, not empty.
  virtual absl::Status Tokenize(std::string_view word,
                                std::vector<int32_t>* ids) const = 0;
  virtual const Vocabulary& vocabulary() const = 0;
};

// The field "model" of a tokenizer.json; types BPE, Unigram, WordLevel and
// WordPiece.
absl::StatusOr<std::unique_ptr<TokenModel>> ParseTokenModel(
    const JsonField& field);

// {"token": id, ...}
absl::Status ParseVocabulary(const JsonField& field, Vocabulary* vocabulary);

// Appends the id of `unk_token`; InvalidArgument, naming `word`, if there is
// no such token.
absl::Status AppendUnknown(const Vocabulary& vocabulary,
                           std::string_view unk_token, std::string_view word,
                           std::vector<int32_t>* ids);

// The ids of the tokens <0x00> ... <0xFF>, -1 where there is none.
std::array<int32_t, 256> FindByteTokens(const Vocabulary& vocabulary);

// Appends a byte token for each byte of `text`; false, with nothing appended,
// if one of them is missing.
bool AppendByteTokens(const std::array<int32_t, 256>& byte_tokens,
                      std::string_view text, std::vector<int32_t>* ids);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_TOKEN_MODEL_H_
