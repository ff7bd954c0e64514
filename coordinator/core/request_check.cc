#include "coordinator/core/request_check.h"

#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status CheckStop(const std::vector<std::string>& stop) {
  for (const std::string& text : stop) {
    if (text.empty())
      return absl::InvalidArgumentError("stop: expected text, found none");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRequest(const SequenceSpec& spec,
                          const RequestLimits& limits) {
  SPACEMOE_RETURN_IF_ERROR(CheckMaxTokens(spec.max_tokens));
  SPACEMOE_RETURN_IF_ERROR(spec.want_logits ? CheckText(spec.prompt, limits)
                                            : CheckPrompt(spec.prompt, limits));
  if (spec.logprobs.has_value())
    SPACEMOE_RETURN_IF_ERROR(ValidateLogprobs(*spec.logprobs));
  SPACEMOE_RETURN_IF_ERROR(CheckStop(spec.stop));
  return ValidateSampling(spec.sampling, limits.vocab_size);
}

int64_t CapacityOf(const SequenceSpec& spec, const RequestLimits& limits) {
  return CapacityOf(static_cast<int64_t>(spec.prompt.size()), spec.max_tokens,
                    limits);
}

}  // namespace spacemoe
