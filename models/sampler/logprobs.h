// How likely the model found a token, and what it found likelier.
#ifndef SPACEMOE_MODELS_SAMPLER_LOGPROBS_H_
#define SPACEMOE_MODELS_SAMPLER_LOGPROBS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace spacemoe {

struct TokenLogprob {
  int64_t token = 0;
  float logprob = 0;  // natural logarithm
};

struct TokenLogprobs {
  float logprob = 0;              // of the token that was drawn
  std::vector<TokenLogprob> top;  // best first, equals by ascending id
};

inline constexpr int kMaxTopLogprobs = 20;

// INVALID_ARGUMENT unless 0 <= top <= kMaxTopLogprobs.
absl::Status ValidateLogprobs(int64_t top);

// log softmax of the model's own logits (no temperature, penalty or bias), of
// `token` and of the `top` best. Logits that are no numbers count as minus
// infinity.
TokenLogprobs LogprobsOf(absl::Span<const float> logits, int64_t token,
                         int top);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_SAMPLER_LOGPROBS_H_
