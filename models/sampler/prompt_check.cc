#include "models/sampler/prompt_check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace spacemoe {
namespace {

absl::Status CheckIds(absl::Span<const int64_t> ids, int64_t vocab_size) {
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] >= 0 && ids[i] < vocab_size) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("token id ", ids[i], " at position ", i,
                     " of the prompt is outside the vocabulary; expected 0 to ",
                     vocab_size - 1));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckText(absl::Span<const int64_t> ids,
                       const RequestLimits& limits) {
  const auto length = static_cast<int64_t>(ids.size());
  if (length == 0) {
    return absl::InvalidArgumentError(
        "the prompt is empty; expected at least one token");
  }
  if (length > limits.context) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the prompt has ", length, " tokens, longer than the model's context ",
        "of ", limits.context));
  }
  return CheckIds(ids, limits.vocab_size);
}

absl::Status CheckPrompt(absl::Span<const int64_t> ids,
                         const RequestLimits& limits) {
  const auto length = static_cast<int64_t>(ids.size());
  if (length >= limits.context) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the prompt has ", length, " tokens; the model's context of ",
        limits.context, " leaves room for at most ", limits.context - 1));
  }
  return CheckText(ids, limits);
}

absl::Status CheckMaxTokens(int64_t max_tokens) {
  if (max_tokens >= 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("max_tokens is ", max_tokens, "; expected at least 1"));
}

int64_t CapacityOf(int64_t prompt, int64_t max_tokens,
                   const RequestLimits& limits) {
  return prompt + std::min(max_tokens, limits.context - prompt);
}

}  // namespace spacemoe
