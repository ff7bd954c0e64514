// Draws sets of selected experts.
#ifndef SPACEMOE_PLACEMENT_SIMULATION_SET_SAMPLER_H_
#define SPACEMOE_PLACEMENT_SIMULATION_SET_SAMPLER_H_

#include <vector>

#include "placement/counter_rng.h"
#include "placement/selection_law.h"

namespace spacemoe {

// Immutable, hence safe for concurrent use. The law must outlive it.
class SetSampler {
 public:
  explicit SetSampler(const SelectionLaw& law);

  const std::vector<int>& Draw(CounterRng* rng) const;

 private:
  const SelectionLaw& law_;
  std::vector<double> cumulative_;  // [sets]
};

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_SIMULATION_SET_SAMPLER_H_
