#include "placement/plan_evaluator.h"

#include <algorithm>

namespace spacemoe {
namespace {

LatencyParts ComputeParts(const RoleCost& role, const SolveOptions& options) {
  return {.compute_ms = 1e3 * ComputeSeconds(role, options)};
}

}  // namespace

LatencyParts SlotEvaluation::total() const {
  LatencyParts total = head;
  for (const LayerMean& layer : means) total += layer.parts;
  return total;
}

PlanEvaluator::PlanEvaluator(const PlacementProblem& problem,
                             const Placement& placement,
                             const Constellation& constellation,
                             const SolveOptions& options,
                             const std::vector<SelectionLaw>& laws)
    : problem_(problem),
      placement_(placement),
      constellation_(constellation),
      options_(options),
      laws_(laws),
      finder_(constellation) {}

LayerMean PlanEvaluator::MeanOf(int layer, const LayerPaths& paths) const {
  const SelectionLaw& law = laws_[layer];
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
    mean.variance_of_mean = std::max(0.0, square - average * average) /
                            static_cast<double>(law.sets.size());
  }
  mean.parts += ComputeParts(problem_.model.layers[layer].gateway, options_);
  return mean;
}

std::optional<SlotEvaluation> PlanEvaluator::Evaluate(int slot, double t) {
  if (!options_.topology.cuts_nothing()) {
    finder_.UseSlot(options_.topology, slot);
  }
  const LinkSpec& links = constellation_.links();
  SlotEvaluation slot_mean;
  const PathDelay way =
      finder_.FindDelays(placement_.head, {placement_.gateways[0]}, t)[0];
  if (!way.reachable()) return std::nullopt;
  slot_mean.head = PathParts(way, links, problem_.model.residual_bytes);
  slot_mean.head += ComputeParts(problem_.model.head, options_);
  double elapsed_ms = slot_mean.head.total_ms();
  for (int l = 0; l < placement_.layers(); ++l) {
    slot_mean.layers.push_back(FindLayerPaths(problem_, placement_, l,
                                              constellation_, options_,
                                              t + 1e-3 * elapsed_ms, &finder_));
    if (!slot_mean.layers.back().connected) return std::nullopt;
    slot_mean.means.push_back(MeanOf(l, slot_mean.layers.back()));
    elapsed_ms += slot_mean.means.back().parts.total_ms();
  }
  return slot_mean;
}

}  // namespace spacemoe
