// The law of the set of selected experts, from its marginals alone.
#ifndef SPACEMOE_PLACEMENT_SELECTION_LAW_H_
#define SPACEMOE_PLACEMENT_SELECTION_LAW_H_

#include <cstdint>
#include <vector>

namespace spacemoe {

struct ExpertSet {
  double probability = 0;
  std::vector<int> experts;  // ascending
};

struct SelectionLaw {
  std::vector<ExpertSet> sets;  // probabilities add up to 1
  bool sampled = false;         // drawn with equal weights, not enumerated
};

// Weights w of the conditional Poisson law P(A) ~ prod_{e in A} w_e over sets
// of top_k experts whose inclusion probabilities are `marginals` (each in
// [0, 1], adding up to top_k), by the fixed point w_e <- w_e p_e / pi_e(w) of
// Chen, Dempster and Liu (1994). Experts with p = 1 have an infinite weight and
// are not to be weighted: the result is for those with 0 < p < 1, others get 0.
std::vector<double> ConditionalPoissonWeights(
    const std::vector<double>& marginals);

// Up to kEnumeratedSets sets exactly, else kSampledSets draws, seeded.
inline constexpr int kEnumeratedSets = 5000;
inline constexpr int kSampledSets = 4096;
SelectionLaw SelectedSets(const std::vector<double>& marginals, int top_k,
                          uint64_t seed);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_SELECTION_LAW_H_
