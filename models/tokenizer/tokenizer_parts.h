// The steps of a tokenizer, in the order in which a text goes through them.
#ifndef SPACEMOE_MODELS_TOKENIZER_TOKENIZER_PARTS_H_
#define SPACEMOE_MODELS_TOKENIZER_TOKENIZER_PARTS_H_

#include <memory>

#include "models/tokenizer/added_tokens.h"
#include "models/tokenizer/decoder.h"
#include "models/tokenizer/normalizer.h"
#include "models/tokenizer/post_processor.h"
#include "models/tokenizer/pre_tokenizer.h"
#include "models/tokenizer/token_model.h"

namespace spacemoe {

struct TokenizerParts {
  AddedTokens added_tokens;
  Normalizer normalizer;  // may be empty
  PreTokenizer pre_tokenizer;
  std::unique_ptr<TokenModel> model;
  PostProcessor post_processor;
  Decoder decoder;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_TOKENIZER_PARTS_H_
