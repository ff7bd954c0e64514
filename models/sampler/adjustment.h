// Biases and penalties: what is added to logits before a token is drawn.
#ifndef SPACEMOE_MODELS_SAMPLER_ADJUSTMENT_H_
#define SPACEMOE_MODELS_SAMPLER_ADJUSTMENT_H_

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "models/sampler/sampler.h"

namespace spacemoe {

// How often each token has been generated. The prompt does not count.
using TokenCounts = absl::flat_hash_map<int64_t, int32_t>;

// Whether the options have anything to add.
bool Adjusts(const SamplingOptions& options);

// logit[t] += bias[t] - frequency_penalty * count[t]
//             - presence_penalty * (count[t] > 0),
// as OpenAI's API reference defines its parameters of these names. The options
// have been validated for these logits' size.
void AdjustLogits(const SamplingOptions& options, const TokenCounts& counts,
                  absl::Span<float> logits);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_SAMPLER_ADJUSTMENT_H_
