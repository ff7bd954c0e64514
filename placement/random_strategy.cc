#include <numeric>

#include "absl/strings/str_cat.h"
#include "placement/counter_rng.h"
#include "placement/role_layout.h"
#include "placement/strategies.h"

namespace spacemoe {
namespace {

std::vector<int> Available(const Constellation& constellation,
                           const SolveOptions& options) {
  std::vector<char> excluded(constellation.satellite_count(), 0);
  for (int id : options.excluded) excluded[id] = 1;
  std::vector<int> available;
  for (int id = 0; id < constellation.satellite_count(); ++id) {
    if (!excluded[id]) available.push_back(id);
  }
  return available;
}

std::vector<int> ShuffledExperts(const LayerShape& layer, CounterRng* rng) {
  std::vector<int> order(layer.experts);
  std::iota(order.begin(), order.end(), 0);
  rng->Shuffle(&order);
  return order;
}

}  // namespace

absl::StatusOr<SolveResult> RandomStrategy::Solve(
    const PlacementProblem& problem, const Constellation& constellation,
    const SolveOptions& options) const {
  std::vector<int> free = Available(constellation, options);
  const int needed = SatellitesNeeded(problem.model, options);
  if (needed > static_cast<int>(free.size())) {
    return SolveResult::Infeasible(absl::StrCat(
        "the plan needs ", needed, " satellites, ", constellation.Label(),
        " has ", free.size(), " available"));
  }
  CounterRng rng(options.seed);
  rng.Shuffle(&free);
  Placement placement = EmptyPlacement(problem.model);
  auto next = free.begin();
  for (int l = 0; l < placement.layers(); ++l) {
    const LayerShape& layer = problem.model.layers[l];
    placement.gateways[l] = *next++;
    const int sites = ExpertSatellites(layer, options);
    AssignExperts(ShuffledExperts(layer, &rng), {next, next + sites}, l, layer,
                  options, &placement);
    next += sites;
  }
  placement.head = placement.gateways[0];
  return SolveResult::Feasible(std::move(placement));
}

}  // namespace spacemoe
