// Draws sets of selected experts.
#ifndef SPACEMOE_PLACEMENT_SIMULATION_SET_SAMPLER_H_
#define SPACEMOE_PLACEMENT_SIMULATION_SET_SAMPLER_H_

#include <cstdint>
#include <vector>

#include "placement/counter_rng.h"
#include "placement/selection_law.h"

namespace spacemoe {

// Tokens that chose e in one layer and f in the next, [e][f].
using TransitionCounts = std::vector<std::vector<int64_t>>;

// Immutable, hence safe for concurrent use. The laws must outlive it.
class SetSampler {
 public:
  // Sets do not depend on those of the layer before.
  explicit SetSampler(const SelectionLaw& law);

  // They do: of all joint laws of the two layers' sets with `before` and `law`
  // as marginals, the one nearest to P(A) P(B) prod_{f in B} r_f(A), where
  // r_f(A) is how much more often than on average f follows A's experts, by
  // iterative proportional fitting (Deming and Stephan 1940). A token's worth
  // of independent choices is added to the counts, which are [experts of the
  // layer before][experts].
  SetSampler(const SelectionLaw& before, const SelectionLaw& law,
             const TransitionCounts& counts);

  // An index into the law's sets. `previous`: that of the layer before; -1: it
  // is not known.
  int Draw(CounterRng* rng, int previous) const;

  const std::vector<int>& experts(int set) const {
    return law_.sets[set].experts;
  }

 private:
  const SelectionLaw& law_;
  std::vector<double> cumulative_;                     // [sets]
  std::vector<std::vector<double>> cumulative_after_;  // [sets before][sets]
};

// [layers]. `transitions` is [layers - 1], empty where it is not known, or
// empty as a whole. Layers with more than kLargestChain pairs of sets, and
// those whose sets are drawn, do not depend on the layer before.
inline constexpr size_t kLargestChain = 40'000;
std::vector<SetSampler> MakeSamplers(
    const std::vector<SelectionLaw>& laws,
    const std::vector<TransitionCounts>& transitions);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_SIMULATION_SET_SAMPLER_H_
