#include "placement/cost.h"

#include <cmath>

#include "placement/layer_paths.h"
#include "placement/routes.h"
#include "placement/selection_law.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr double kNsPerMs = 1e6;

// A layer's mean over its sets of experts at one moment.
struct LayerMean {
  LatencyParts parts;
  double variance_of_mean = 0;
};

LayerMean MeanOverSets(const LayerPaths& paths, const SelectionLaw& law) {
  LayerMean mean;
  double square = 0;
  SlowestPath slowest(paths);
  for (const ExpertSet& set : law.sets) {
    LatencyParts parts = slowest.Of(set.experts);
    square += set.probability * parts.total_ms() * parts.total_ms();
    parts *= set.probability;
    mean.parts += parts;
  }
  const double average = mean.parts.total_ms();
  if (law.sampled) {
    mean.variance_of_mean =
        std::max(0.0, square - average * average) / law.sets.size();
  }
  return mean;
}

LatencyParts ComputeParts(const RoleCost& role, const SolveOptions& options) {
  return {.compute_ms = 1e3 * ComputeSeconds(role, options)};
}

SelectionLaw LawOf(const PlacementProblem& problem, int layer,
                   const SolveOptions& options) {
  const LayerShape& shape = problem.model.layers[layer];
  if (shape.experts == 0) return {.sets = {{1.0, {}}}};
  return SelectedSets(problem.activation[layer], shape.top_k,
                      options.seed + 0x10001u * static_cast<uint64_t>(layer));
}

LayerMean PredictLayer(const PlacementProblem& problem,
                       const Placement& placement, int layer,
                       const Constellation& constellation,
                       const SolveOptions& options, RouteFinder* finder) {
  const SelectionLaw law = LawOf(problem, layer, options);
  const double share = 1.0 / options.slots;
  LayerMean mean;
  mean.parts = ComputeParts(problem.model.layers[layer].gateway, options);
  for (double t : SlotTimes(options)) {
    const LayerPaths paths = FindLayerPaths(problem, placement, layer,
                                            constellation, options, t, finder);
    LayerMean now = MeanOverSets(paths, law);
    now.parts *= share;
    mean.parts += now.parts;
    mean.variance_of_mean += share * now.variance_of_mean;
  }
  return mean;
}

LatencyParts PredictHead(const PlacementProblem& problem,
                         const Placement& placement,
                         const Constellation& constellation,
                         const SolveOptions& options, RouteFinder* finder) {
  LatencyParts head = ComputeParts(problem.model.head, options);
  for (double t : SlotTimes(options)) {
    const std::vector<Route> routes =
        finder->Find(placement.head, {placement.gateways[0]}, t);
    LatencyParts way = ToParts(
        Evaluate(constellation, routes[0], t, problem.model.residual_bytes));
    way *= 1.0 / options.slots;
    head += way;
  }
  return head;
}

}  // namespace

LatencyParts& LatencyParts::operator+=(const LatencyParts& other) {
  propagation_ms += other.propagation_ms;
  processing_ms += other.processing_ms;
  serialization_ms += other.serialization_ms;
  queueing_ms += other.queueing_ms;
  compute_ms += other.compute_ms;
  return *this;
}

LatencyParts& LatencyParts::operator*=(double factor) {
  propagation_ms *= factor;
  processing_ms *= factor;
  serialization_ms *= factor;
  queueing_ms *= factor;
  compute_ms *= factor;
  return *this;
}

LatencyParts ToParts(const RouteDelay& delay) {
  return {.propagation_ms = delay.propagation_ns / kNsPerMs,
          .processing_ms = delay.processing_ns / kNsPerMs,
          .serialization_ms = delay.serialization_ns / kNsPerMs};
}

absl::StatusOr<Prediction> Predict(const PlacementProblem& problem,
                                   const Placement& placement,
                                   const Constellation& constellation,
                                   const SolveOptions& options) {
  SPACEMOE_RETURN_IF_ERROR(ValidateProblem(problem));
  SPACEMOE_RETURN_IF_ERROR(
      ValidateOptions(options, constellation.satellite_count()));
  SPACEMOE_RETURN_IF_ERROR(
      ValidatePlacement(placement, problem, constellation, options));
  RouteFinder finder(constellation);
  Prediction prediction;
  double variance = 0;
  for (int l = 0; l < placement.layers(); ++l) {
    const LayerMean layer =
        PredictLayer(problem, placement, l, constellation, options, &finder);
    prediction.layers.push_back(layer.parts);
    prediction.total += layer.parts;
    variance += layer.variance_of_mean;
  }
  prediction.head =
      PredictHead(problem, placement, constellation, options, &finder);
  prediction.total += prediction.head;
  prediction.sampling_error_ms = std::sqrt(variance);
  return prediction;
}

}  // namespace spacemoe
