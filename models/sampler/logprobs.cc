#include "models/sampler/logprobs.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "models/sampler/candidates.h"

namespace spacemoe {
namespace {

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

// log of the sum of exp(logit). The best logit may be infinite.
double LogSumExp(const std::vector<Candidate>& candidates) {
  double best = kMinusInfinity;
  for (const Candidate& c : candidates) best = std::max(best, c.value);
  if (std::isinf(best)) return best;
  double sum = 0;
  for (const Candidate& c : candidates) sum += std::exp(c.value - best);
  return best + std::log(sum);
}

float LogprobOf(double logit, double log_sum) {
  if (std::isinf(log_sum))
    return logit == log_sum ? 0 : static_cast<float>(kMinusInfinity);
  return static_cast<float>(logit - log_sum);
}

}  // namespace

absl::Status ValidateLogprobs(int64_t top) {
  if (top >= 0 && top <= kMaxTopLogprobs) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "logprobs: expected 0 to ", kMaxTopLogprobs, ", found ", top));
}

TokenLogprobs LogprobsOf(absl::Span<const float> logits, int64_t token,
                         int top) {
  std::vector<Candidate> candidates = ScaledCandidates(logits, 1);
  const double log_sum = LogSumExp(candidates);
  const float logit = logits[token];
  TokenLogprobs result;
  result.logprob =
      LogprobOf(std::isnan(logit) ? kMinusInfinity : logit, log_sum);
  const size_t count = std::min<size_t>(top, candidates.size());
  std::partial_sort(candidates.begin(), candidates.begin() + count,
                    candidates.end(), BetterThan);
  for (size_t i = 0; i < count; ++i) {
    result.top.push_back(
        {candidates[i].id, LogprobOf(candidates[i].value, log_sum)});
  }
  return result;
}

}  // namespace spacemoe
