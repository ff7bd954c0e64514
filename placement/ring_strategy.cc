#include <numeric>
#include <utility>

#include "placement/counter_rng.h"
#include "placement/path_latency.h"
#include "placement/ring_sites.h"
#include "placement/role_layout.h"
#include "placement/strategies.h"

namespace spacemoe {
namespace {

void PlaceRandomly(const RingSites& sites, const PlacementProblem& problem,
                   const SolveOptions& options, Placement* placement) {
  for (int l = 0; l < placement->layers(); ++l) {
    CounterRng rng(options.seed, 2 * l + 1);
    std::vector<int> free = Without(sites[l], placement->gateways[l]);
    rng.Shuffle(&free);
    std::vector<int> order(problem.model.layers[l].experts);
    std::iota(order.begin(), order.end(), 0);
    rng.Shuffle(&order);
    AssignExperts(order, free, l, problem.model.layers[l], options, placement);
  }
}

// Experts in the given order of each layer to the nearest sites.
template <typename Order>
void PlaceNearest(const RingSites& sites, const PlacementProblem& problem,
                  const Constellation& constellation,
                  const SolveOptions& options, const Order& order,
                  Placement* placement) {
  for (int l = 0; l < placement->layers(); ++l) {
    const LayerShape& shape = problem.model.layers[l];
    const int gateway = placement->gateways[l];
    const std::vector<int> nearest =
        NearestSites(constellation, gateway, placement->Successor(l),
                     Without(sites[l], gateway),
                     ExpertSatellites(shape, options), problem.model, options);
    AssignExperts(order(l), nearest, l, shape, options, placement);
  }
}

std::vector<int> RandomGateways(const RingSites& sites,
                                const SolveOptions& options) {
  std::vector<int> gateways;
  for (size_t l = 0; l < sites.size(); ++l) {
    CounterRng rng(options.seed, 2 * l);
    gateways.push_back(sites[l][rng.Below(sites[l].size())]);
  }
  return gateways;
}

std::vector<int> RandomOrder(const PlacementProblem& problem, int layer,
                             const SolveOptions& options) {
  CounterRng rng(options.seed, 2 * layer + 1);
  std::vector<int> order(problem.model.layers[layer].experts);
  std::iota(order.begin(), order.end(), 0);
  rng.Shuffle(&order);
  return order;
}

}  // namespace

absl::StatusOr<SolveResult> RingStrategy::Solve(
    const PlacementProblem& problem, const Constellation& constellation,
    const SolveOptions& options) const {
  const int layers = static_cast<int>(problem.model.layers.size());
  const RingSites sites = AvailableSubnets(constellation, layers, options);
  if (auto reason = NoRing(constellation, sites, problem.model, options)) {
    return SolveResult::Infeasible(*reason);
  }
  Placement placement = EmptyPlacement(problem.model);
  placement.gateways = gateway_ == Gateway::kRandom
                           ? RandomGateways(sites, options)
                           : CentralGateways(constellation, sites, options);
  placement.head = placement.gateways[0];
  switch (experts_) {
    case Experts::kRandom:
      PlaceRandomly(sites, problem, options, &placement);
      break;
    case Experts::kNearestRandom:
      PlaceNearest(
          sites, problem, constellation, options,
          [&](int l) { return RandomOrder(problem, l, options); }, &placement);
      break;
    case Experts::kSortMatch:
      PlaceNearest(
          sites, problem, constellation, options,
          [&](int l) { return ByActivation(problem.activation[l]); },
          &placement);
      break;
  }
  return SolveResult::Feasible(std::move(placement));
}

}  // namespace spacemoe
