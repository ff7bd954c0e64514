// From a GGUF file's tensors to what they say about the model.
#ifndef SPACEMOE_MODELS_CHECKPOINT_GGUF_TENSOR_FACTS_H_
#define SPACEMOE_MODELS_CHECKPOINT_GGUF_TENSOR_FACTS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "models/checkpoint/tensor_info.h"
#include "models/config/gguf_facts.h"

namespace spacemoe {

// Touches the data of the few rotary factors only. INVALID_ARGUMENT for those
// that are not finite numbers above 0.
absl::StatusOr<GgufFacts> CollectGgufFacts(
    const std::vector<TensorInfo>& tensors);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_GGUF_TENSOR_FACTS_H_
