#include "placement/joint_law.h"

#include <algorithm>
#include <cmath>

namespace spacemoe {
namespace {

using Pairs = std::vector<std::vector<double>>;

SelectionLaw PairLaw(const Pairs& pairs) {
  SelectionLaw law;
  double sum = 0;
  const int experts = static_cast<int>(pairs.size());
  for (int e = 0; e < experts; ++e) {
    for (int f = e + 1; f < experts; ++f) {
      if (pairs[e][f] <= 0) continue;
      law.sets.push_back({pairs[e][f], {e, f}});
      sum += pairs[e][f];
    }
  }
  for (ExpertSet& set : law.sets) set.probability /= sum;
  return law;
}

// Calls visit(e, f) for each pair of a set.
template <typename Visit>
void ForPairs(const ExpertSet& set, const Visit& visit) {
  for (size_t i = 0; i < set.experts.size(); ++i) {
    for (size_t j = i + 1; j < set.experts.size(); ++j) {
      visit(set.experts[i], set.experts[j]);
    }
  }
}

Pairs PairsOf(const SelectionLaw& law, size_t experts) {
  Pairs pairs(experts, std::vector<double>(experts, 0.0));
  for (const ExpertSet& set : law.sets) {
    ForPairs(set, [&](int e, int f) { pairs[e][f] += set.probability; });
  }
  return pairs;
}

double LargestError(const Pairs& wanted, const Pairs& found) {
  double error = 0;
  for (size_t e = 0; e < wanted.size(); ++e) {
    for (size_t f = e + 1; f < wanted.size(); ++f) {
      error = std::max(error, std::abs(wanted[e][f] - found[e][f]));
    }
  }
  return error;
}

// A set has C(k, 2) pairs, hence the root.
void Rescale(const Pairs& wanted, const Pairs& found, int top_k,
             SelectionLaw* law) {
  const double power = 2.0 / (top_k * (top_k - 1));
  double sum = 0;
  for (ExpertSet& set : law->sets) {
    double factor = 1;
    ForPairs(set, [&](int e, int f) {
      factor *= found[e][f] > 0 ? wanted[e][f] / found[e][f] : 0;
    });
    set.probability *= std::pow(factor, power);
    sum += set.probability;
  }
  if (sum <= 0) return;
  for (ExpertSet& set : law->sets) set.probability /= sum;
}

void FitPairs(const Pairs& wanted, int top_k, SelectionLaw* law) {
  // Convergence is linear: as many steps as about a tenth of a second allows.
  const size_t steps =
      std::clamp<size_t>(2'000'000 / law->sets.size(), 100, 2000);
  for (size_t step = 0; step < steps; ++step) {
    const Pairs found = PairsOf(*law, wanted.size());
    if (LargestError(wanted, found) < 1e-9) return;
    Rescale(wanted, found, top_k, law);
  }
}

}  // namespace

SelectionLaw LayerLaw(const PlacementProblem& problem, int layer,
                      uint64_t seed) {
  const LayerShape& shape = problem.model.layers[layer];
  if (shape.experts == 0) return {.sets = {{1.0, {}}}};
  const bool joint = shape.top_k >= 2 && !problem.coactivation.empty() &&
                     !problem.coactivation[layer].empty();
  if (joint && shape.top_k == 2) return PairLaw(problem.coactivation[layer]);
  SelectionLaw law =
      SelectedSets(problem.activation[layer], shape.top_k,
                   seed + 0x10001u * static_cast<uint64_t>(layer));
  if (joint && !law.sampled) {
    FitPairs(problem.coactivation[layer], shape.top_k, &law);
  }
  return law;
}

std::vector<SelectionLaw> LayerLaws(const PlacementProblem& problem,
                                    uint64_t seed) {
  std::vector<SelectionLaw> laws;
  for (size_t l = 0; l < problem.model.layers.size(); ++l) {
    laws.push_back(LayerLaw(problem, static_cast<int>(l), seed));
  }
  return laws;
}

}  // namespace spacemoe
