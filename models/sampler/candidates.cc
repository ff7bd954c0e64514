#include "models/sampler/candidates.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spacemoe {
namespace {

double BestValue(const std::vector<Candidate>& candidates) {
  double best = -std::numeric_limits<double>::infinity();
  for (const Candidate& c : candidates) best = std::max(best, c.value);
  return best;
}

double Sum(const std::vector<Candidate>& candidates) {
  double sum = 0;
  for (const Candidate& c : candidates) sum += c.value;
  return sum;
}

// Relative to the best; an infinite best leaves nothing to the others.
double Unnormalised(double value, double best) {
  if (value == best) return 1.0;
  return std::isinf(best) ? 0.0 : std::exp(value - best);
}

}  // namespace

bool BetterThan(const Candidate& a, const Candidate& b) {
  if (a.value != b.value) return a.value > b.value;
  return a.id < b.id;
}

std::vector<Candidate> ScaledCandidates(absl::Span<const float> logits,
                                        double temperature) {
  std::vector<Candidate> candidates;
  candidates.reserve(logits.size());
  for (size_t i = 0; i < logits.size(); ++i) {
    const float logit = logits[i];
    if (!(logit > -std::numeric_limits<float>::infinity())) continue;
    candidates.push_back({static_cast<int64_t>(i), logit / temperature});
  }
  return candidates;
}

void KeepTopK(int64_t k, std::vector<Candidate>& candidates) {
  if (k <= 0 || k >= static_cast<int64_t>(candidates.size())) return;
  std::nth_element(candidates.begin(), candidates.begin() + k, candidates.end(),
                   BetterThan);
  candidates.resize(k);
}

void Softmax(std::vector<Candidate>& candidates) {
  const double best = BestValue(candidates);
  for (Candidate& c : candidates) c.value = Unnormalised(c.value, best);
  const double sum = Sum(candidates);
  for (Candidate& c : candidates) c.value /= sum;
}

void KeepTopP(double p, std::vector<Candidate>& candidates) {
  if (p >= 1) return;
  std::sort(candidates.begin(), candidates.end(), BetterThan);
  double reached = 0;
  size_t kept = 0;
  while (kept < candidates.size() && (kept == 0 || reached < p)) {
    reached += candidates[kept++].value;
  }
  candidates.resize(kept);
}

int64_t Draw(const std::vector<Candidate>& candidates, double uniform) {
  double left = uniform * Sum(candidates);
  for (const Candidate& c : candidates) {
    left -= c.value;
    if (left < 0) return c.id;
  }
  // Rounding used everything up: the last token that can be drawn.
  const auto last =
      std::find_if(candidates.rbegin(), candidates.rend(),
                   [](const Candidate& c) { return c.value > 0; });
  return last == candidates.rend() ? candidates.front().id : last->id;
}

}  // namespace spacemoe
