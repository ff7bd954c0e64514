// Draws one sequence's tokens, one after the other.
#ifndef SPACEMOE_MODELS_SAMPLER_SEQUENCE_SAMPLER_H_
#define SPACEMOE_MODELS_SAMPLER_SEQUENCE_SAMPLER_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "models/sampler/adjustment.h"
#include "models/sampler/logprobs.h"
#include "models/sampler/sampler.h"

namespace spacemoe {

struct DrawnToken {
  int64_t token = 0;
  std::optional<TokenLogprobs> logprobs;
};

// What a token is depends on its logits, its position and the tokens that were
// drawn before it. Not thread-safe.
class SequenceSampler {
 public:
  SequenceSampler() = default;
  // `options` have been validated. `logprobs`: unset, or how many of the most
  // likely tokens to tell beside the drawn one.
  SequenceSampler(SamplingOptions options, std::optional<int> logprobs)
      : options_(std::move(options)),
        logprobs_(logprobs),
        adjusts_(Adjusts(options_)) {}

  // The token at `position`.
  DrawnToken Draw(absl::Span<const float> logits, int64_t position);

 private:
  int64_t DrawAdjusted(absl::Span<const float> logits, int64_t position);

  SamplingOptions options_;
  std::optional<int> logprobs_;
  bool adjusts_ = false;
  TokenCounts counts_;           // empty unless adjusts_
  std::vector<float> adjusted_;  // kept for its memory
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_SAMPLER_SEQUENCE_SAMPLER_H_
