#include "models/engine/routing.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/types/span.h"
#include "models/tensor/half.h"

namespace spacemoe {
namespace {

float Score(float value) {
  return std::isnan(value) ? -std::numeric_limits<float>::infinity() : value;
}

bool IsChosen(const Routing& chosen, int64_t expert) {
  return std::any_of(chosen.begin(), chosen.end(),
                     [&](const ExpertChoice& c) { return c.expert == expert; });
}

int64_t BestExpert(absl::Span<const float> scores, const Routing& chosen) {
  int64_t best = -1;
  for (int64_t e = 0; e < static_cast<int64_t>(scores.size()); ++e) {
    if (IsChosen(chosen, e)) continue;
    if (best < 0 || Score(scores[e]) > Score(scores[best])) best = e;
  }
  return best;
}

// Best first, with the score as weight.
Routing TopK(absl::Span<const float> scores, int64_t k) {
  Routing chosen;
  while (static_cast<int64_t>(chosen.size()) < k) {
    const int64_t expert = BestExpert(scores, chosen);
    chosen.push_back({static_cast<int32_t>(expert), scores[expert]});
  }
  return chosen;
}

void Renormalise(Routing& chosen) {
  float sum = 0;
  for (const ExpertChoice& c : chosen) sum += c.weight;
  for (ExpertChoice& c : chosen) c.weight /= sum;
}

void SoftmaxWeights(Arithmetic& arithmetic, Routing& chosen) {
  absl::InlinedVector<float, 8> weights;
  for (const ExpertChoice& c : chosen) weights.push_back(c.weight);
  arithmetic.Softmax(weights.data(), 1, static_cast<int64_t>(weights.size()));
  for (size_t i = 0; i < chosen.size(); ++i) {
    chosen[i].weight =
        arithmetic.bfloat16() ? RoundedToBFloat16(weights[i]) : weights[i];
  }
}

}  // namespace

Routing Route(const RoutingRule& rule, Arithmetic& arithmetic, float* logits) {
  const bool softmax_first = rule.kind == RoutingKind::kSoftmaxTopKRenormalise;
  if (softmax_first) arithmetic.Softmax(logits, 1, rule.experts);
  Routing chosen = TopK(absl::MakeSpan(logits, rule.experts), rule.top_k);
  if (softmax_first) {
    Renormalise(chosen);
  } else {
    SoftmaxWeights(arithmetic, chosen);
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const ExpertChoice& a, const ExpertChoice& b) {
              return a.expert < b.expert;
            });
  return chosen;
}

}  // namespace spacemoe
