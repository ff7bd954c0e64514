#include "coordinator/core/request_check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace spacemoe {
namespace {

absl::Status CheckIds(const SequenceSpec& spec, int64_t vocab_size) {
  for (size_t i = 0; i < spec.prompt.size(); ++i) {
    const int64_t id = spec.prompt[i];
    if (id >= 0 && id < vocab_size) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("token id ", id, " at position ", i,
                     " of the prompt is outside the vocabulary; expected 0 to ",
                     vocab_size - 1));
  }
  return absl::OkStatus();
}

absl::Status CheckLength(const SequenceSpec& spec, int64_t context) {
  const int64_t length = spec.prompt.size();
  if (length == 0) {
    return absl::InvalidArgumentError(
        "the prompt is empty; expected at least one token");
  }
  if (length > context) {
    return absl::InvalidArgumentError(
        absl::StrCat("the prompt has ", length,
                     " tokens, longer than the model's context of ", context));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRequest(const SequenceSpec& spec,
                          const RequestLimits& limits) {
  if (spec.max_tokens < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "max_tokens is ", spec.max_tokens, "; expected at least 1"));
  }
  if (absl::Status status = CheckLength(spec, limits.context); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckIds(spec, limits.vocab_size); !status.ok()) {
    return status;
  }
  return ValidateSampling(spec.sampling);
}

int64_t CapacityOf(const SequenceSpec& spec, const RequestLimits& limits) {
  const int64_t length = spec.prompt.size();
  const int64_t room = limits.context - length;
  return length + std::min(spec.max_tokens, room);
}

}  // namespace spacemoe
