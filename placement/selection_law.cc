#include "placement/selection_law.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "placement/counter_rng.h"

namespace spacemoe {
namespace {

constexpr double kCertain = 1 - 1e-9;
constexpr double kImpossible = 1e-12;

// Rows i of elementary symmetric polynomials e_j, j <= order: of the first i
// weights (prefixes) or of those from i on (suffixes).
using Polynomials = std::vector<std::vector<double>>;

void Extend(const std::vector<double>& from, double weight,
            std::vector<double>* to) {
  *to = from;
  for (size_t j = 1; j < from.size(); ++j) (*to)[j] += weight * from[j - 1];
}

Polynomials Prefixes(const std::vector<double>& weights, int order) {
  Polynomials rows(weights.size() + 1, std::vector<double>(order + 1, 0.0));
  rows[0][0] = 1;
  for (size_t i = 0; i < weights.size(); ++i) {
    Extend(rows[i], weights[i], &rows[i + 1]);
  }
  return rows;
}

Polynomials Suffixes(const std::vector<double>& weights, int order) {
  Polynomials rows(weights.size() + 1, std::vector<double>(order + 1, 0.0));
  rows[weights.size()][0] = 1;
  for (size_t i = weights.size(); i-- > 0;) {
    Extend(rows[i + 1], weights[i], &rows[i]);
  }
  return rows;
}

std::vector<double> Inclusions(const std::vector<double>& weights, int order) {
  const Polynomials before = Prefixes(weights, order);
  const Polynomials after = Suffixes(weights, order);
  std::vector<double> inclusions(weights.size());
  for (size_t i = 0; i < weights.size(); ++i) {
    double without = 0;
    for (int j = 0; j < order; ++j) {
      without += before[i][j] * after[i + 1][order - 1 - j];
    }
    inclusions[i] = weights[i] * without / after[0][order];
  }
  return inclusions;
}

// One step of the fixed point; the largest error of a marginal before it.
double Fit(const std::vector<double>& marginals, int order,
           std::vector<double>* weights) {
  const std::vector<double> inclusions = Inclusions(*weights, order);
  double error = 0, largest = 0;
  for (size_t i = 0; i < marginals.size(); ++i) {
    error = std::max(error, std::abs(marginals[i] - inclusions[i]));
    (*weights)[i] *= marginals[i] / inclusions[i];
    largest = std::max(largest, (*weights)[i]);
  }
  for (double& weight : *weights) weight /= largest;
  return error;
}

std::vector<double> FitWeights(const std::vector<double>& marginals) {
  const double sum = std::accumulate(marginals.begin(), marginals.end(), 0.0);
  const int order = static_cast<int>(std::lround(sum));
  std::vector<double> weights;
  for (double p : marginals) weights.push_back(p / (1 - p));
  const double largest = *std::max_element(weights.begin(), weights.end());
  for (double& weight : weights) weight /= largest;
  constexpr int kSteps = 1000;
  for (int step = 0; step < kSteps; ++step) {
    if (Fit(marginals, order, &weights) < 1e-12) break;
  }
  return weights;
}

bool Undecided(double p) { return p > kImpossible && p < kCertain; }

// C(n, k), cut off above kEnumeratedSets.
int CountSets(int n, int k) {
  double count = 1;
  for (int j = 1; j <= k; ++j) {
    count = count * (n - k + j) / j;
    if (count > kEnumeratedSets) return kEnumeratedSets + 1;
  }
  return static_cast<int>(std::lround(count));
}

// The undecided experts of a layer with their weights, and the certain ones.
struct Candidates {
  std::vector<int> certain;
  std::vector<int> experts;
  std::vector<double> weights;
  int open = 0;  // how many of `experts` are selected
};

Candidates Split(const std::vector<double>& marginals, int top_k) {
  Candidates split;
  const std::vector<double> weights = ConditionalPoissonWeights(marginals);
  for (size_t e = 0; e < marginals.size(); ++e) {
    if (marginals[e] >= kCertain) split.certain.push_back(static_cast<int>(e));
    if (!Undecided(marginals[e])) continue;
    split.experts.push_back(static_cast<int>(e));
    split.weights.push_back(weights[e]);
  }
  split.open = top_k - static_cast<int>(split.certain.size());
  split.open =
      std::clamp(split.open, 0, static_cast<int>(split.experts.size()));
  return split;
}

ExpertSet MakeSet(const Candidates& candidates, const std::vector<int>& chosen,
                  double probability) {
  ExpertSet set{probability, candidates.certain};
  for (int i : chosen) set.experts.push_back(candidates.experts[i]);
  std::sort(set.experts.begin(), set.experts.end());
  return set;
}

// The next k-subset of [0, n) in lexical order.
bool NextSubset(int n, std::vector<int>* chosen) {
  const int k = static_cast<int>(chosen->size());
  int i = k - 1;
  while (i >= 0 && (*chosen)[i] == n - k + i) --i;
  if (i < 0) return false;
  ++(*chosen)[i];
  for (int j = i + 1; j < k; ++j) (*chosen)[j] = (*chosen)[j - 1] + 1;
  return true;
}

SelectionLaw Enumerate(const Candidates& candidates) {
  SelectionLaw law;
  std::vector<int> chosen(candidates.open);
  std::iota(chosen.begin(), chosen.end(), 0);
  double sum = 0;
  do {
    double weight = 1;
    for (int i : chosen) weight *= candidates.weights[i];
    law.sets.push_back(MakeSet(candidates, chosen, weight));
    sum += weight;
  } while (NextSubset(static_cast<int>(candidates.experts.size()), &chosen));
  for (ExpertSet& set : law.sets) set.probability /= sum;
  return law;
}

SelectionLaw Sample(const Candidates& candidates, uint64_t seed) {
  const Polynomials after = Suffixes(candidates.weights, candidates.open);
  const int n = static_cast<int>(candidates.experts.size());
  CounterRng rng(seed);
  SelectionLaw law{.sets = {}, .sampled = true};
  for (int draw = 0; draw < kSampledSets; ++draw) {
    std::vector<int> chosen;
    int left = candidates.open;
    for (int i = 0; i < n && left > 0; ++i) {
      const double with = candidates.weights[i] * after[i + 1][left - 1];
      if (rng.Uniform() * after[i][left] >= with) continue;
      chosen.push_back(i);
      --left;
    }
    law.sets.push_back(MakeSet(candidates, chosen, 1.0 / kSampledSets));
  }
  return law;
}

}  // namespace

std::vector<double> ConditionalPoissonWeights(
    const std::vector<double>& marginals) {
  std::vector<double> undecided;
  for (double p : marginals) {
    if (Undecided(p)) undecided.push_back(p);
  }
  std::vector<double> weights(marginals.size(), 0.0);
  if (undecided.empty()) return weights;
  const std::vector<double> fitted = FitWeights(undecided);
  size_t next = 0;
  for (size_t e = 0; e < marginals.size(); ++e) {
    if (Undecided(marginals[e])) weights[e] = fitted[next++];
  }
  return weights;
}

SelectionLaw SelectedSets(const std::vector<double>& marginals, int top_k,
                          uint64_t seed) {
  const Candidates candidates = Split(marginals, top_k);
  const int sets =
      CountSets(static_cast<int>(candidates.experts.size()), candidates.open);
  return sets <= kEnumeratedSets ? Enumerate(candidates)
                                 : Sample(candidates, seed);
}

}  // namespace spacemoe
