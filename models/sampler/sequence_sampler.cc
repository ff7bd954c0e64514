#include "models/sampler/sequence_sampler.h"

namespace spacemoe {

DrawnToken SequenceSampler::Draw(absl::Span<const float> logits,
                                 int64_t position) {
  DrawnToken drawn;
  drawn.token = adjusts_ ? DrawAdjusted(logits, position)
                         : SampleToken(logits, options_, position);
  if (logprobs_.has_value())
    drawn.logprobs = LogprobsOf(logits, drawn.token, *logprobs_);
  return drawn;
}

int64_t SequenceSampler::DrawAdjusted(absl::Span<const float> logits,
                                      int64_t position) {
  adjusted_.assign(logits.begin(), logits.end());
  AdjustLogits(options_, counts_, absl::MakeSpan(adjusted_));
  const int64_t token = SampleToken(adjusted_, options_, position);
  ++counts_[token];
  return token;
}

}  // namespace spacemoe
