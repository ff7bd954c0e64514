// Whether a model can serve a request.
#ifndef SPACEMOE_COORDINATOR_CORE_REQUEST_CHECK_H_
#define SPACEMOE_COORDINATOR_CORE_REQUEST_CHECK_H_

#include <cstdint>

#include "absl/status/status.h"
#include "coordinator/core/sequence.h"
#include "models/sampler/prompt_check.h"

namespace spacemoe {

// INVALID_ARGUMENT: an empty prompt, ids outside the vocabulary, a prompt that
// leaves no room in the context (for logits: that it cannot hold), max_tokens
// below 1, bad sampling options, logprobs or stop strings; the message has what
// was expected and what was found.
absl::Status CheckRequest(const SequenceSpec& spec,
                          const RequestLimits& limits);

// Positions to reserve: prompt + max_tokens, the context at most. Of a checked
// request.
int64_t CapacityOf(const SequenceSpec& spec, const RequestLimits& limits);

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_CORE_REQUEST_CHECK_H_
