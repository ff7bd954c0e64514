// Draws a token from logits.
#ifndef SPACEMOE_MODELS_SAMPLER_SAMPLER_H_
#define SPACEMOE_MODELS_SAMPLER_SAMPLER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace spacemoe {

struct SamplingOptions {
  float temperature = 0;  // 0: greedy
  int32_t top_k = 0;      // 0: off
  float top_p = 1;        // 1: off
  uint64_t seed = 0;
};

// INVALID_ARGUMENT: negative or non-finite temperature, negative top_k, top_p
// outside (0, 1].
absl::Status ValidateSampling(const SamplingOptions& options);

// The token at `position`. Greedy takes the best logit, the smallest id among
// equals. Otherwise temperature, then top-k, then top-p, then one draw from a
// counter-based generator (Philox4x32-10; Salmon et al. 2011) keyed by (seed,
// position), so that a replay draws the same token and no other sequence
// matters. Thread-safe. logits must not be empty; NaNs never win.
int64_t SampleToken(absl::Span<const float> logits,
                    const SamplingOptions& options, int64_t position);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_SAMPLER_SAMPLER_H_
