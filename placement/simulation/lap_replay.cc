#include "placement/simulation/lap_replay.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "placement/layer_paths.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status NoRoute(const char* from, int layer) {
  return absl::FailedPreconditionError(absl::StrCat(
      "there is no route for some message from ", from, " of layer ", layer));
}

}  // namespace

absl::StatusOr<LapReplay> LapReplay::Create(const PlacementProblem& problem,
                                            const Placement& placement,
                                            const Constellation& constellation,
                                            const SolveOptions& options) {
  SPACEMOE_RETURN_IF_ERROR(
      ValidatePlan(placement, problem, constellation, options));
  return LapReplay(problem, placement, constellation, options);
}

LapReplay::LapReplay(const PlacementProblem& problem,
                     const Placement& placement,
                     const Constellation& constellation,
                     const SolveOptions& options)
    : problem_(problem),
      placement_(placement),
      constellation_(constellation),
      options_(options),
      finder_(constellation) {}

absl::Status LapReplay::Check(const ReplayedLap& lap) const {
  const size_t layers = problem_.model.layers.size();
  if (lap.gateway_ms.size() != layers || lap.experts.size() != layers) {
    return absl::InvalidArgumentError(absl::StrCat(
        "lap: expected ", layers, " layers, found ", lap.gateway_ms.size(),
        " compute times and ", lap.experts.size(), " sets of experts"));
  }
  for (size_t l = 0; l < layers; ++l) {
    const int experts = problem_.model.layers[l].experts;
    for (int expert : lap.experts[l]) {
      if (expert >= 0 && expert < experts) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("lap, layer ", l, ": expert ", expert, " of ", experts));
    }
    if (lap.gateway_ms[l] >= 0 && std::isfinite(lap.gateway_ms[l])) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("lap, layer ", l,
                     ": the gateway's compute must be finite "
                     "and not negative, found ",
                     lap.gateway_ms[l], " ms"));
  }
  return absl::OkStatus();
}

absl::StatusOr<LatencyParts> LapReplay::Evaluate(const ReplayedLap& lap) {
  SPACEMOE_RETURN_IF_ERROR(Check(lap));
  const PathDelay way = finder_.FindDelays(
      placement_.head, {placement_.gateways[0]}, lap.start_s)[0];
  if (!way.reachable()) return NoRoute("the head to the gateway", 0);
  LatencyParts parts =
      PathParts(way, constellation_.links(), problem_.model.output_bytes);
  for (int l = 0; l < placement_.layers(); ++l) {
    parts.compute_ms += lap.gateway_ms[l];
    const LayerPaths paths =
        FindLayerPaths(problem_, placement_, l, constellation_, options_,
                       lap.start_s + 1e-3 * parts.total_ms(), &finder_);
    if (!paths.connected) return NoRoute("the gateway", l);
    parts += SlowestPath(paths).Of(lap.experts[l]);
  }
  parts.compute_ms += 1e3 * ComputeSeconds(problem_.model.head, options_);
  return parts;
}

}  // namespace spacemoe
