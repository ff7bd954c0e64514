#include <algorithm>
#include <utility>

#include "placement/expert_search.h"
#include "placement/joint_law.h"
#include "placement/layer_table.h"
#include "placement/path_latency.h"
#include "placement/plan_value.h"
#include "placement/ring_sites.h"
#include "placement/role_layout.h"
#include "placement/strategies.h"

namespace spacemoe {
namespace {

// Of a subnet's satellites the nearest so many are candidates, and at least
// three times as many as are needed.
constexpr int kCandidates = 40;

// With shared satellites the layout is given: only which experts share is not.
int Candidates(int needed, const SolveOptions& options) {
  if (options.experts_per_satellite > 1) return needed;
  return std::max(kCandidates, 3 * needed);
}

std::vector<LayerSites> CandidateSites(const RingSites& subnets,
                                       const std::vector<int>& gateways,
                                       const PlacementProblem& problem,
                                       const Constellation& constellation,
                                       const SolveOptions& options) {
  std::vector<LayerSites> layers;
  const int count = static_cast<int>(gateways.size());
  for (int l = 0; l < count; ++l) {
    const int needed = ExpertSatellites(problem.model.layers[l], options);
    LayerSites layer{.gateway = gateways[l],
                     .successor = gateways[(l + 1) % count],
                     .sites = {}};
    layer.sites =
        needed == 0
            ? std::vector<int>{gateways[l]}
            : NearestSites(constellation, layer.gateway, layer.successor,
                           Without(subnets[l], gateways[l]),
                           Candidates(needed, options), problem.model, options);
    layers.push_back(std::move(layer));
  }
  return layers;
}

// Experts by activation onto the table's sites, which are by latency.
ExpertSites SortMatch(const std::vector<double>& activation, int per_site) {
  ExpertSites experts(activation.size());
  const std::vector<int> order = ByActivation(activation);
  for (size_t rank = 0; rank < order.size(); ++rank) {
    experts[order[rank]] = {static_cast<int>(rank) / per_site};
  }
  return experts;
}

struct LayerResult {
  ExpertSites experts;
  double bound_ms = 0;
};

LayerResult SolveLayer(const LayerTable& table, const SelectionLaw& law,
                       const std::vector<double>& activation, int per_site) {
  const int experts = static_cast<int>(activation.size());
  ExpectedMax objective(table, law);
  const SearchLimits limits{.capacity =
                                std::vector<int>(table.site_count(), per_site)};
  LayerResult result;
  if (per_site == 1) {
    if (auto optimal = OptimalExperts(table, law, experts)) {
      result.bound_ms = objective.Of(*optimal);
      result.experts = *std::move(optimal);
      return result;
    }
  }
  result.experts =
      ImproveExperts(table, law, limits, SortMatch(activation, per_site));
  result.bound_ms = ExpectedMaxBound(table, law, limits.capacity, experts);
  return result;
}

SolveResult Assemble(const std::vector<LayerSites>& sites,
                     const std::vector<LayerResult>& layers,
                     const PlacementProblem& problem,
                     const SolveOptions& options) {
  Placement placement = EmptyPlacement(problem.model);
  double bound = FixedComputeMs(problem.model, options);
  for (size_t l = 0; l < layers.size(); ++l) {
    placement.gateways[l] = sites[l].gateway;
    bound += layers[l].bound_ms;
    for (size_t e = 0; e < layers[l].experts.size(); ++e) {
      placement.experts[l][e] = {sites[l].sites[layers[l].experts[e][0]]};
    }
  }
  placement.head = placement.gateways[0];
  SolveResult result = SolveResult::Feasible(std::move(placement));
  result.lower_bound_ms = bound;
  result.bound_kind =
      "experts on the nearest satellites of the paper's subnets, its gateways";
  return result;
}

}  // namespace

absl::StatusOr<SolveResult> ExpectedMaxStrategy::Solve(
    const PlacementProblem& problem, const Constellation& constellation,
    const SolveOptions& options) const {
  const int layers = static_cast<int>(problem.model.layers.size());
  const RingSites subnets = AvailableSubnets(constellation, layers, options);
  if (auto reason = NoRing(constellation, subnets, problem.model, options)) {
    return SolveResult::Infeasible(*reason);
  }
  const std::vector<SelectionLaw> laws = LayerLaws(problem, options.seed);
  const std::vector<LayerSites> sites =
      CandidateSites(subnets, CentralGateways(constellation, subnets, options),
                     problem, constellation, options);
  const std::vector<LayerTable> tables =
      MakeLayerTables(problem, constellation, options, sites);
  std::vector<LayerResult> chosen;
  for (int l = 0; l < layers; ++l) {
    const LayerShape& shape = problem.model.layers[l];
    if (shape.experts == 0) {
      chosen.push_back({{}, ExpectedMax(tables[l], laws[l]).Of({})});
      continue;
    }
    const int per_site = ExpertSatellites(shape, options) == 0
                             ? shape.experts
                             : options.experts_per_satellite;
    chosen.push_back(
        SolveLayer(tables[l], laws[l], problem.activation[l], per_site));
  }
  SolveResult result = Assemble(sites, chosen, problem, options);
  // The search knows no moments but the slots' own, and a slot without a route
  // only as a long way: the paper's placement stays where it is better.
  const RingStrategy paper("spacemoe", RingStrategy::Gateway::kCentral,
                           RingStrategy::Experts::kSortMatch);
  auto other = paper.Solve(problem, constellation, options);
  if (!other.ok()) return other.status();
  const auto value = [&](const Placement& placement) {
    return MeanTokenMs(problem, placement, constellation, options, laws);
  };
  if (value(other->placement) < value(result.placement)) {
    result.placement = std::move(other->placement);
  }
  return result;
}

}  // namespace spacemoe
