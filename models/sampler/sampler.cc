#include "models/sampler/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/sampler/candidates.h"
#include "models/sampler/philox.h"

namespace spacemoe {
namespace {

// With no number among the logits: token 0.
int64_t Greedy(absl::Span<const float> logits) {
  int64_t best = 0;
  float best_logit = -std::numeric_limits<float>::infinity();
  for (size_t i = 0; i < logits.size(); ++i) {
    if (!(logits[i] > best_logit)) continue;
    best = static_cast<int64_t>(i);
    best_logit = logits[i];
  }
  return best;
}

bool ById(const Candidate& a, const Candidate& b) { return a.id < b.id; }

}  // namespace

absl::Status ValidateSampling(const SamplingOptions& options) {
  if (!std::isfinite(options.temperature) || options.temperature < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("temperature: expected a number of at least 0, found ",
                     options.temperature));
  }
  if (options.top_k < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("top_k: expected at least 0, found ", options.top_k));
  }
  if (!(options.top_p > 0 && options.top_p <= 1)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "top_p: expected more than 0 and at most 1, found ", options.top_p));
  }
  return absl::OkStatus();
}

int64_t SampleToken(absl::Span<const float> logits,
                    const SamplingOptions& options, int64_t position) {
  if (options.temperature == 0) return Greedy(logits);
  std::vector<Candidate> candidates =
      ScaledCandidates(logits, options.temperature);
  if (candidates.empty()) return Greedy(logits);
  KeepTopK(options.top_k, candidates);
  std::sort(candidates.begin(), candidates.end(), ById);
  Softmax(candidates);
  KeepTopP(options.top_p, candidates);
  return Draw(candidates, UniformAt(options.seed, position));
}

}  // namespace spacemoe
