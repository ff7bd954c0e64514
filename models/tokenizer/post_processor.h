// The post-processor of a tokenizer.json: special tokens around the text.
#ifndef SPACEMOE_MODELS_TOKENIZER_POST_PROCESSOR_H_
#define SPACEMOE_MODELS_TOKENIZER_POST_PROCESSOR_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "models/tokenizer/json_field.h"

namespace spacemoe {

// What stands before and behind a single text when special tokens are added.
struct PostProcessor {
  std::vector<int32_t> prefix;
  std::vector<int32_t> suffix;
};

// Known types: TemplateProcessing, ByteLevel, BertProcessing,
// RobertaProcessing, Sequence; null adds nothing.
absl::StatusOr<PostProcessor> ParsePostProcessor(const JsonField& field);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_POST_PROCESSOR_H_
