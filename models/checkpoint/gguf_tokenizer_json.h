// A GGUF file's tokenizer as Hugging Face's files.
#ifndef SPACEMOE_MODELS_CHECKPOINT_GGUF_TOKENIZER_JSON_H_
#define SPACEMOE_MODELS_CHECKPOINT_GGUF_TOKENIZER_JSON_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "models/checkpoint/tokenizer_files.h"

namespace spacemoe {

// The text of a tokenizer.json that gives the same ids as the GGUF file.
// UNIMPLEMENTED names a tokenizer.ggml.model other than gpt2 or a split that
// is not known; INVALID_ARGUMENT a list that contradicts another or text that
// is not UTF-8.
absl::StatusOr<std::string> GgufTokenizerJson(const GgufTokenizerData& data);

// tokenizer_config.json: the special tokens and the chat template.
absl::StatusOr<std::string> TokenizerConfigJson(const TokenizerFiles& files,
                                                std::int64_t max_positions);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_GGUF_TOKENIZER_JSON_H_
