// Where a layer's experts go once its gateways and its candidate sites are
// known: the expected maximum and searches that lower it.
#ifndef SPACEMOE_PLACEMENT_EXPERT_SEARCH_H_
#define SPACEMOE_PLACEMENT_EXPERT_SEARCH_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "placement/copy_choice.h"
#include "placement/layer_table.h"
#include "placement/selection_law.h"

namespace spacemoe {

// [experts][copies], into LayerTable::sites, none empty.
using ExpertSites = std::vector<std::vector<int>>;

// E over states and selected sets of the slowest path, milliseconds: the
// residual's, or that of a site with all its selected experts.
class ExpectedMax {
 public:
  // Both must outlive it. Thread-compatible.
  ExpectedMax(const LayerTable& table, const SelectionLaw& law);

  double Of(const ExpertSites& experts);
  // The mean over the states for one set of experts.
  double OfSet(const std::vector<int>& set, const ExpertSites& experts);

 private:
  double OfFixedSet(const std::vector<int>& set, const ExpertSites& experts);
  double OfCopiedState(int state, const std::vector<int>& set,
                       const ExpertSites& experts);

  const LayerTable& table_;
  const SelectionLaw& law_;
  std::vector<std::pair<int, int>> loads_;  // site, selected experts
  std::vector<int> load_;                   // [sites], zero between calls
  std::vector<const std::vector<int>*> copies_;
  CopyChoice choice_;
};

struct SearchLimits {
  std::vector<int> capacity;  // [sites]: experts that a site may hold
  int max_copies = 1;
  // Evaluations of one set in one state; raising it costs time in proportion.
  int64_t budget = 40'000'000;
};

// Descends from `start` by moving one expert to a site with room and by
// exchanging two, then adds copies while they help, until nothing improves or
// the budget is spent. Never worse than `start`.
ExpertSites ImproveExperts(const LayerTable& table, const SelectionLaw& law,
                           const SearchLimits& limits, ExpertSites start);

// The optimum with one expert on a site, by dynamic programming over the chains
// of expert sets: with sites t_1 <= ... <= t_E and Q(S) = P(selected in S),
//   E max = t_E - sum_j (t_{j+1} - t_j) Q(first j experts).
// O(2^E E). nullopt where it is not exact (the sites do not rank equally in all
// states) or E > 20.
std::optional<ExpertSites> OptimalExperts(const LayerTable& table,
                                          const SelectionLaw& law, int experts);

// No placement of the experts on these sites, one on each up to `capacity`, has
// a smaller expected maximum. For weights lambda >= 0 that add up to 1 over the
// selected experts and the residual, max >= sum lambda d, and the smallest
// weighted sum is a linear assignment; the weights are improved by fictitious
// play for `rounds` rounds.
double ExpectedMaxBound(const LayerTable& table, const SelectionLaw& law,
                        const std::vector<int>& capacity, int experts,
                        int rounds = 40);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_EXPERT_SEARCH_H_
