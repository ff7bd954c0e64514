#include <algorithm>
#include <numeric>
#include <optional>

#include "absl/strings/str_cat.h"
#include "placement/counter_rng.h"
#include "placement/path_latency.h"
#include "placement/role_layout.h"
#include "placement/strategies.h"
#include "placement/subnets.h"

namespace spacemoe {
namespace {

using Sites = std::vector<std::vector<int>>;  // [layers][satellites]

std::optional<std::string> TooFewInPlane(const Constellation& constellation,
                                         int layers) {
  if (constellation.satellites_per_plane() >= layers) return std::nullopt;
  return absl::StrCat("a ring of ", layers, " layers needs at least ", layers,
                      " satellites in a plane, ", constellation.Label(),
                      " has ", constellation.satellites_per_plane());
}

std::optional<std::string> TooSmallSubnet(const Sites& sites,
                                          const ModelShape& model,
                                          const SolveOptions& options) {
  for (size_t l = 0; l < sites.size(); ++l) {
    const size_t experts = ExpertSatellites(model.layers[l], options);
    if (sites[l].size() >= 1 + experts) continue;
    return absl::StrCat(
        "layer ", l, " needs ", 1 + experts, " satellites (a gateway and ",
        model.layers[l].experts, " experts, ", options.experts_per_satellite,
        " per satellite), its subnet has ", sites[l].size(), " available");
  }
  return std::nullopt;
}

void RemoveExcluded(const std::vector<int>& excluded, Sites* sites) {
  for (std::vector<int>& subnet : *sites) {
    std::erase_if(subnet, [&](int id) {
      return std::find(excluded.begin(), excluded.end(), id) != excluded.end();
    });
  }
}

std::vector<int> ByLatency(std::vector<int> sites,
                           const std::vector<double>& latency_ms) {
  std::stable_sort(sites.begin(), sites.end(),
                   [&](int a, int b) { return latency_ms[a] < latency_ms[b]; });
  return sites;
}

// Ascending ids, so that equal latencies keep that order.
std::vector<int> Without(std::vector<int> sites, int gateway) {
  std::erase(sites, gateway);
  return sites;
}

void PlaceRandomly(const Sites& sites, const PlacementProblem& problem,
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

void PlaceBySortMatch(const Sites& sites, const PlacementProblem& problem,
                      const Constellation& constellation,
                      const SolveOptions& options, Placement* placement) {
  const std::vector<MeanDelays> delays =
      MeanDelaysFrom(constellation, placement->gateways, options);
  for (int l = 0; l < placement->layers(); ++l) {
    // The head is on layer 0's gateway.
    const MeanDelays& successor = delays[(l + 1) % placement->layers()];
    const std::vector<double> latency =
        PathLatencyMs(constellation, delays[l], successor, problem.model);
    const std::vector<int> free =
        ByLatency(Without(sites[l], placement->gateways[l]), latency);
    AssignExperts(ByActivation(problem.activation[l]), free, l,
                  problem.model.layers[l], options, placement);
  }
}

}  // namespace

absl::StatusOr<SolveResult> RingStrategy::Solve(
    const PlacementProblem& problem, const Constellation& constellation,
    const SolveOptions& options) const {
  const int layers = static_cast<int>(problem.model.layers.size());
  if (auto reason = TooFewInPlane(constellation, layers)) {
    return SolveResult::Infeasible(*reason);
  }
  Sites sites = Subnets(constellation, layers, options.start_time_s);
  RemoveExcluded(options.excluded, &sites);
  if (auto reason = TooSmallSubnet(sites, problem.model, options)) {
    return SolveResult::Infeasible(*reason);
  }
  Placement placement = EmptyPlacement(problem.model);
  for (int l = 0; l < layers; ++l) {
    CounterRng rng(options.seed, 2 * l);
    placement.gateways[l] = gateway_ == Gateway::kRandom
                                ? sites[l][rng.Below(sites[l].size())]
                                : ByCentrality(constellation, sites[l], l,
                                               layers, options.start_time_s)[0];
  }
  placement.head = placement.gateways[0];
  if (experts_ == Experts::kRandom) {
    PlaceRandomly(sites, problem, options, &placement);
  } else {
    PlaceBySortMatch(sites, problem, constellation, options, &placement);
  }
  return SolveResult::Feasible(std::move(placement));
}

}  // namespace spacemoe
