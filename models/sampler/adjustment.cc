#include "models/sampler/adjustment.h"

namespace spacemoe {

bool Adjusts(const SamplingOptions& options) {
  return options.presence_penalty != 0 || options.frequency_penalty != 0 ||
         !options.logit_bias.empty();
}

void AdjustLogits(const SamplingOptions& options, const TokenCounts& counts,
                  absl::Span<float> logits) {
  for (const TokenBias& bias : options.logit_bias)
    logits[bias.token] += bias.bias;
  for (const auto& [token, count] : counts) {
    logits[token] -= options.frequency_penalty * static_cast<float>(count) +
                     options.presence_penalty;
  }
}

}  // namespace spacemoe
