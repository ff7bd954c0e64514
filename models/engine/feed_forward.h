// SwiGLU feed-forward blocks: down(silu(gate x) * up x).
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

  int64_t width() const { return gate.rows(); }
  int64_t hidden() const { return gate.cols(); }
  // Of one row.
  double Flops() const { return 6.0 * width() * hidden(); }
};

absl::StatusOr<FeedForward> LoadSharedPart(const WeightLoader& loader);
absl::StatusOr<FeedForward> LoadExpert(const WeightLoader& loader);

// x, out: [rows, hidden]; out[r] is multiplied by row_weights[r] unless null.
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
