#include "placement/simulation/set_sampler.h"

#include <algorithm>

namespace spacemoe {

SetSampler::SetSampler(const SelectionLaw& law) : law_(law) {
  double sum = 0;
  for (const ExpertSet& set : law.sets) {
    cumulative_.push_back(sum += set.probability);
  }
}

const std::vector<int>& SetSampler::Draw(CounterRng* rng) const {
  const double at = rng->Uniform() * cumulative_.back();
  const size_t index =
      std::upper_bound(cumulative_.begin(), cumulative_.end(), at) -
      cumulative_.begin();
  return law_.sets[std::min(index, law_.sets.size() - 1)].experts;
}

}  // namespace spacemoe
