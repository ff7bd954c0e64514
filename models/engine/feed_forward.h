// Feed-forward blocks: down(f(gate x, up x)), f being the block's activation.
#ifndef SPACEMOE_MODELS_ENGINE_FEED_FORWARD_H_
#define SPACEMOE_MODELS_ENGINE_FEED_FORWARD_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/engine/engine_context.h"
#include "models/engine/weight_loader.h"

namespace spacemoe {

struct FeedForward {
  Weight gate;  // [width, hidden]
  Weight up;    // [width, hidden]
  Weight down;  // [hidden, width]
  // Undefined without biases.
  at::Tensor gate_bias;
  at::Tensor up_bias;
  at::Tensor down_bias;
  ActivationKind activation = ActivationKind::kSwiglu;
  float swiglu_limit = 0;
  bool weighs_input = false;  // row weights multiply x, not out
  float multiplier = 1;       // of row weights

  int64_t width() const { return gate.rows(); }
  int64_t hidden() const { return gate.cols(); }
  // Of one row.
  double Flops() const { return 6.0 * width() * hidden(); }
};

// Of the loader's layer, or expert.
absl::StatusOr<FeedForward> LoadSharedPart(const ModelConfig& config,
                                           const WeightLoader& loader);
absl::StatusOr<FeedForward> LoadDenseBlock(const ModelConfig& config,
                                           const WeightLoader& loader);
absl::StatusOr<FeedForward> LoadExpert(const ModelConfig& config,
                                       const WeightLoader& loader);

// x, out: [rows, hidden]; row r is multiplied by
// row_weights[r], before or after, unless null.
struct FeedForwardJob {
  const FeedForward* block = nullptr;
  const float* x = nullptr;
  int64_t rows = 0;
  const float* row_weights = nullptr;
  float* out = nullptr;
};

// All jobs in two parallel regions.
void RunFeedForward(EngineContext& context,
                    absl::Span<const FeedForwardJob> jobs);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_FEED_FORWARD_H_
