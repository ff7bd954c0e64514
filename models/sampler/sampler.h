// Draws a token from logits.
#ifndef SPACEMOE_MODELS_SAMPLER_SAMPLER_H_
#define SPACEMOE_MODELS_SAMPLER_SAMPLER_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace spacemoe {

// Added to a token's logit.
struct TokenBias {
  int64_t token = 0;
  float bias = 0;
};

struct SamplingOptions {
  float temperature = 0;  // 0: greedy
  int32_t top_k = 0;      // 0: off
  float top_p = 1;        // 1: off
  uint64_t seed = 0;
  // What text so far takes from the logits (models/sampler/adjustment.h).
  float presence_penalty = 0;
  float frequency_penalty = 0;
  std::vector<TokenBias> logit_bias;
};

// INVALID_ARGUMENT: negative or non-finite temperature, negative top_k, top_p
// outside (0, 1], a penalty or a bias that is not finite, a bias of a token
// outside the vocabulary of `vocab_size`.
absl::Status ValidateSampling(const SamplingOptions& options,
                              int64_t vocab_size);

// The token at `position`. Greedy takes the best logit, the smallest id among
// equals. Otherwise temperature, then top-k, then top-p, then one draw from a
// counter-based generator (Philox4x32-10; Salmon et al. 2011) keyed by (seed,
// position), so that a replay draws the same token and no other sequence
// matters. Penalties and biases have been applied already. Thread-safe. logits
// must not be empty; NaNs never win.
int64_t SampleToken(absl::Span<const float> logits,
                    const SamplingOptions& options, int64_t position);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_SAMPLER_SAMPLER_H_
