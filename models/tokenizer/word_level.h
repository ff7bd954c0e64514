// The WordLevel model: a word is a token or it is unknown.
#ifndef SPACEMOE_MODELS_TOKENIZER_WORD_LEVEL_H_
#define SPACEMOE_MODELS_TOKENIZER_WORD_LEVEL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "models/tokenizer/json_field.h"
#include "models/tokenizer/token_model.h"
#include "models/tokenizer/vocabulary.h"

namespace spacemoe {

class WordLevel : public TokenModel {
 public:
  // `unk_token` need not be in the vocabulary: then unknown words are errors.
  WordLevel(Vocabulary vocabulary, std::string unk_token)
      : vocabulary_(std::move(vocabulary)), unk_token_(std::move(unk_token)) {}

  absl::Status Tokenize(std::string_view word,
                        std::vector<int32_t>* ids) const override;
  const Vocabulary& vocabulary() const override { return vocabulary_; }

 private:
  const Vocabulary vocabulary_;
  const std::string unk_token_;
};

absl::StatusOr<std::unique_ptr<TokenModel>> ParseWordLevel(
    const JsonField& field);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_WORD_LEVEL_H_
