// Models without weights: what planning needs of them, from their dimensions.
#ifndef SPACEMOE_PLACEMENT_MODEL_DIMENSIONS_H_
#define SPACEMOE_PLACEMENT_MODEL_DIMENSIONS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "placement/problem.h"

namespace spacemoe {

// The defaults are LLaMA-MoE-3.5B's (two of eight experts): 32 layers, experts
// of 33.8 MB, and, with 4,096 keys, 36.3 TFLOP for 4,096 tokens, as the
// SpaceMoE paper states.
struct ModelDimensions {
  std::string family = "llama-moe";
  int layers = 32;
  int experts = 8;
  int top_k = 2;
  int64_t hidden = 4096;
  int64_t expert_width = 1376;
  int64_t vocabulary = 32000;
  int64_t keys = 0;  // in the KV cache, whose attention is computed
  int bytes_per_value = 2;
};

// Floating-point operations of a row, a multiply-add being two: attention's
// four projections 8 h^2 and 4 h for each key; an expert 6 h w; the head 2 h v.
// Norms and the router are left out. Bytes are the weights' and, for messages,
// those of a hidden state. InvalidArgument: a field out of range.
absl::StatusOr<ModelShape> ShapeOfDimensions(const ModelDimensions& dimensions);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_MODEL_DIMENSIONS_H_
