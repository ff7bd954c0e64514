// The post-processor of a tokenizer.json: special tokens around the text.
#ifndef SPACEMOE_MODELS_TOKENIZER_POST_PROCESSOR_H_
#define SPACEMOE_MODELS_TOKENIZER_POST_PROCESSOR_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "models/tokenizer/json_field.h"

namespace spacemoe {

// A template for a single text. Thread-safe.
class PostProcessor {
 public:
  static constexpr int32_t kText = -1;
  // Token ids, with kText where the text goes: once, never or several times.
  using Template = std::vector<int32_t>;

  PostProcessor() : filled_({kText}) {}
  explicit PostProcessor(Template filled) : filled_(std::move(filled)) {}

  // Whether it gives the text as it is.
  bool IsIdentity() const { return filled_ == Template{kText}; }

  // Replaces the ids of a text by those of the filled template, without its
  // tokens unless `add_special_tokens`. InvalidArgument if that is more than
  // 2^28 ids.
  absl::Status Apply(bool add_special_tokens, std::vector<int32_t>* ids) const;

 private:
  Template filled_;
};

// Known types: TemplateProcessing, ByteLevel, BertProcessing,
// RobertaProcessing, Sequence (of which one step may add tokens); null adds
// nothing.
absl::StatusOr<PostProcessor> ParsePostProcessor(const JsonField& field);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_POST_PROCESSOR_H_
