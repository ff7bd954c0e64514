#include "coordinator/core/request_check.h"

#include "runtime/base/status_macros.h"

namespace spacemoe {

absl::Status CheckRequest(const SequenceSpec& spec,
                          const RequestLimits& limits) {
  SPACEMOE_RETURN_IF_ERROR(CheckMaxTokens(spec.max_tokens));
  SPACEMOE_RETURN_IF_ERROR(spec.want_logits ? CheckText(spec.prompt, limits)
                                            : CheckPrompt(spec.prompt, limits));
  return ValidateSampling(spec.sampling);
}

int64_t CapacityOf(const SequenceSpec& spec, const RequestLimits& limits) {
  return CapacityOf(static_cast<int64_t>(spec.prompt.size()), spec.max_tokens,
                    limits);
}

}  // namespace spacemoe
