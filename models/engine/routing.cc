#include "models/engine/routing.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/types/span.h"
#include "models/engine/sparse_mixer.h"
#include "models/tensor/half.h"

namespace spacemoe {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

using Scores = absl::InlinedVector<float, 64>;

float Score(float value) { return std::isnan(value) ? kNever : value; }

// In double precision, so that the bits do not depend on the C library.
float Sigmoid(float x) {
  return static_cast<float>(1 / (1 + std::exp(-double{x})));
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

// The sum of a group's best scores.
float GroupScore(absl::Span<const float> scores, int64_t best) {
  float sum = 0;
  for (const ExpertChoice& c : TopK(scores, best)) sum += Score(c.weight);
  return sum;
}

// Takes the experts of all but the best groups out of the competition.
void LimitGroups(const RoutingRule& rule, absl::Span<float> scores) {
  const auto size = static_cast<int64_t>(scores.size()) / rule.groups;
  Scores groups;
  for (int64_t g = 0; g < rule.groups; ++g) {
    groups.push_back(
        GroupScore(scores.subspan(g * size, size), rule.group_best));
  }
  const Routing kept = TopK(groups, rule.kept_groups);
  for (int64_t g = 0; g < rule.groups; ++g) {
    if (IsChosen(kept, g)) continue;
    std::fill_n(scores.begin() + g * size, size, kNever);
  }
}

// The k best, with their scores as weights.
Routing Choose(const RouterShape& shape, const float* scores) {
  const RoutingRule& rule = shape.rule;
  if (shape.correction == nullptr && rule.groups == 1) {
    return TopK(absl::MakeConstSpan(scores, shape.experts), shape.top_k);
  }
  Scores rivals(scores, scores + shape.experts);
  for (int64_t e = 0; shape.correction != nullptr && e < shape.experts; ++e) {
    rivals[e] += shape.correction[e];
  }
  if (rule.groups > 1) LimitGroups(rule, absl::MakeSpan(rivals));
  Routing chosen = TopK(rivals, shape.top_k);
  for (ExpertChoice& c : chosen) c.weight = scores[c.expert];
  return chosen;
}

void Renormalise(const RoutingRule& rule, Routing& chosen) {
  float sum = 0;
  for (const ExpertChoice& c : chosen) sum += c.weight;
  sum = std::max(sum + static_cast<float>(rule.sum_epsilon),
                 static_cast<float>(rule.sum_minimum));
  for (ExpertChoice& c : chosen) c.weight /= sum;
}

void SoftmaxWeights(Arithmetic& arithmetic, Routing& chosen) {
  absl::InlinedVector<float, 8> weights;
  for (const ExpertChoice& c : chosen) weights.push_back(c.weight);
  arithmetic.Softmax(weights.data(), 1, static_cast<int64_t>(weights.size()));
  for (size_t i = 0; i < chosen.size(); ++i) chosen[i].weight = weights[i];
}

void RoundWeights(const Arithmetic& arithmetic, Routing& chosen) {
  if (!arithmetic.bfloat16()) return;
  for (ExpertChoice& c : chosen) c.weight = RoundedToBFloat16(c.weight);
}

// Experts with weights, before these are normalised and scaled.
Routing ChooseByKind(const RouterShape& shape, Arithmetic& arithmetic,
                     float* logits) {
  switch (shape.rule.kind) {
    case RoutingKind::kSoftmaxTopK:
      arithmetic.Softmax(logits, 1, shape.experts);
      return Choose(shape, logits);
    case RoutingKind::kSigmoidTopK:
      std::transform(logits, logits + shape.experts, logits, Sigmoid);
      return Choose(shape, logits);
    case RoutingKind::kSparseMixer:
      return SparseMixer(shape, logits);
    case RoutingKind::kTopKSoftmax:
    case RoutingKind::kTopKSigmoid:
      break;
  }
  Routing chosen = Choose(shape, logits);
  if (shape.rule.kind == RoutingKind::kTopKSoftmax) {
    SoftmaxWeights(arithmetic, chosen);
  } else {
    for (ExpertChoice& c : chosen) c.weight = Sigmoid(c.weight);
  }
  RoundWeights(arithmetic, chosen);
  return chosen;
}

}  // namespace

Routing Route(const RouterShape& shape, Arithmetic& arithmetic, float* logits) {
  Routing chosen = ChooseByKind(shape, arithmetic, logits);
  if (shape.rule.renormalise) Renormalise(shape.rule, chosen);
  if (shape.rule.scale != 1) {
    const auto scale = static_cast<float>(shape.rule.scale);
    for (ExpertChoice& c : chosen) c.weight *= scale;
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const ExpertChoice& a, const ExpertChoice& b) {
              return a.expert < b.expert;
            });
  return chosen;
}

}  // namespace spacemoe
