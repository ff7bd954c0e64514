#include "placement/simulation/set_sampler.h"

#include <algorithm>
#include <numeric>

namespace spacemoe {
namespace {

constexpr int kFittingRounds = 100;

using Matrix = std::vector<std::vector<double>>;

std::vector<double> Cumulative(const std::vector<double>& weights) {
  std::vector<double> sums(weights.size());
  std::partial_sum(weights.begin(), weights.end(), sums.begin());
  return sums;
}

std::vector<double> Probabilities(const SelectionLaw& law) {
  std::vector<double> probabilities;
  for (const ExpertSet& set : law.sets) {
    probabilities.push_back(set.probability);
  }
  return probabilities;
}

// [experts], inclusion probabilities.
std::vector<double> Marginals(const SelectionLaw& law, size_t experts) {
  std::vector<double> marginals(experts, 0.0);
  for (const ExpertSet& set : law.sets) {
    for (int expert : set.experts) marginals[expert] += set.probability;
  }
  return marginals;
}

// [e][f]: how much more often than on average f follows e.
Matrix Ratios(const TransitionCounts& counts,
              const std::vector<double>& marginals) {
  const double top_k = std::accumulate(marginals.begin(), marginals.end(), 0.0);
  Matrix ratios;
  for (const std::vector<int64_t>& row : counts) {
    const double all = std::accumulate(row.begin(), row.end(), 0.0) + top_k;
    std::vector<double>& ratio = ratios.emplace_back(row.size(), 1.0);
    for (size_t f = 0; f < row.size(); ++f) {
      if (marginals[f] <= 0) continue;
      const double seen = static_cast<double>(row[f]) + marginals[f];
      ratio[f] = seen / all * top_k / marginals[f];
    }
  }
  return ratios;
}

double Weight(const ExpertSet& before, const ExpertSet& set,
              const Matrix& ratios) {
  double weight = before.probability * set.probability;
  for (int f : set.experts) {
    double ratio = 0;
    for (int e : before.experts) ratio += ratios[e][f];
    weight *= ratio / static_cast<double>(before.experts.size());
  }
  return weight;
}

void ScaleRows(const std::vector<double>& sums, Matrix* joint) {
  for (size_t a = 0; a < joint->size(); ++a) {
    std::vector<double>& row = (*joint)[a];
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    for (double& value : row) value *= sum > 0 ? sums[a] / sum : 0;
  }
}

void ScaleColumns(const std::vector<double>& sums, Matrix* joint) {
  std::vector<double> found(sums.size(), 0.0);
  for (const std::vector<double>& row : *joint) {
    for (size_t b = 0; b < row.size(); ++b) found[b] += row[b];
  }
  for (std::vector<double>& row : *joint) {
    for (size_t b = 0; b < row.size(); ++b) {
      row[b] *= found[b] > 0 ? sums[b] / found[b] : 0;
    }
  }
}

Matrix JointOf(const SelectionLaw& before, const SelectionLaw& law,
               const Matrix& ratios) {
  Matrix joint;
  for (const ExpertSet& a : before.sets) {
    std::vector<double>& row = joint.emplace_back();
    for (const ExpertSet& b : law.sets) row.push_back(Weight(a, b, ratios));
  }
  const std::vector<double> rows = Probabilities(before);
  const std::vector<double> columns = Probabilities(law);
  for (int round = 0; round < kFittingRounds; ++round) {
    ScaleRows(rows, &joint);
    ScaleColumns(columns, &joint);
  }
  return joint;
}

bool Chained(const SelectionLaw& before, const SelectionLaw& law) {
  return !before.sampled && !law.sampled &&
         before.sets.size() * law.sets.size() <= kLargestChain;
}

}  // namespace

SetSampler::SetSampler(const SelectionLaw& law)
    : law_(law), cumulative_(Cumulative(Probabilities(law))) {}

SetSampler::SetSampler(const SelectionLaw& before, const SelectionLaw& law,
                       const TransitionCounts& counts)
    : SetSampler(law) {
  const Matrix ratios =
      Ratios(counts, Marginals(law, counts.empty() ? 0 : counts[0].size()));
  for (const std::vector<double>& row : JointOf(before, law, ratios)) {
    cumulative_after_.push_back(Cumulative(row));
  }
}

int SetSampler::Draw(CounterRng* rng, int previous) const {
  const bool after = previous >= 0 && !cumulative_after_.empty() &&
                     cumulative_after_[previous].back() > 0;
  const std::vector<double>& sums =
      after ? cumulative_after_[previous] : cumulative_;
  const double at = rng->Uniform() * sums.back();
  const auto index = std::upper_bound(sums.begin(), sums.end(), at);
  return static_cast<int>(
      std::min<size_t>(index - sums.begin(), sums.size() - 1));
}

std::vector<SetSampler> MakeSamplers(
    const std::vector<SelectionLaw>& laws,
    const std::vector<TransitionCounts>& transitions) {
  std::vector<SetSampler> samplers;
  for (size_t l = 0; l < laws.size(); ++l) {
    const bool known = l > 0 && l - 1 < transitions.size() &&
                       !transitions[l - 1].empty() &&
                       Chained(laws[l - 1], laws[l]);
    if (known) {
      samplers.emplace_back(laws[l - 1], laws[l], transitions[l - 1]);
    } else {
      samplers.emplace_back(laws[l]);
    }
  }
  return samplers;
}

}  // namespace spacemoe
