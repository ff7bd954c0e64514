// Whether a model can serve a request: the one check of the single process and
// of the ring.
#ifndef SPACEMOE_MODELS_SAMPLER_PROMPT_CHECK_H_
#define SPACEMOE_MODELS_SAMPLER_PROMPT_CHECK_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace spacemoe {

struct RequestLimits {
  int64_t vocab_size = 0;
  int64_t context = 0;  // positions
};

// All: INVALID_ARGUMENT, and the message has what was expected and found.

// A text whose logits are wanted: 1 to `context` ids of the vocabulary.
absl::Status CheckText(absl::Span<const int64_t> ids,
                       const RequestLimits& limits);
// A text to go on with: the context has a position left for an answer.
absl::Status CheckPrompt(absl::Span<const int64_t> ids,
                         const RequestLimits& limits);
absl::Status CheckMaxTokens(int64_t max_tokens);

// Positions that a checked request may take: prompt + max_tokens, the context
// at most.
int64_t CapacityOf(int64_t prompt, int64_t max_tokens,
                   const RequestLimits& limits);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_SAMPLER_PROMPT_CHECK_H_
