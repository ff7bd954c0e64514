#include "placement/plan_value.h"

#include <limits>

#include "placement/plan_evaluator.h"

namespace spacemoe {

double MeanTokenMs(const PlacementProblem& problem, const Placement& placement,
                   const Constellation& constellation,
                   const SolveOptions& options,
                   const std::vector<SelectionLaw>& laws) {
  PlanEvaluator evaluator(problem, placement, constellation, options, laws);
  const std::vector<double> times = SlotTimes(options);
  double sum = 0;
  int connected = 0;
  for (int slot = 0; slot < options.slots; ++slot) {
    const auto now = evaluator.Evaluate(slot, times[slot]);
    if (!now.has_value()) continue;
    sum += now->total().total_ms();
    ++connected;
  }
  if (connected == 0) return std::numeric_limits<double>::infinity();
  return sum / connected;
}

double FixedComputeMs(const ModelShape& model, const SolveOptions& options) {
  double seconds = ComputeSeconds(model.head, options);
  for (const LayerShape& layer : model.layers) {
    seconds += ComputeSeconds(layer.gateway, options);
  }
  return 1e3 * seconds;
}

}  // namespace spacemoe
