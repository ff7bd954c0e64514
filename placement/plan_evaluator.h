// One plan in one slot: the paths of every layer and their expectations.
#ifndef SPACEMOE_PLACEMENT_PLAN_EVALUATOR_H_
#define SPACEMOE_PLACEMENT_PLAN_EVALUATOR_H_

#include <optional>
#include <vector>

#include "placement/constellation.h"
#include "placement/cost.h"
#include "placement/layer_paths.h"
#include "placement/placement.h"
#include "placement/problem.h"
#include "placement/routes.h"
#include "placement/selection_law.h"

namespace spacemoe {

struct LayerMean {
  LatencyParts parts;           // the gateway's compute included
  double variance_of_mean = 0;  // of a sampled law, ms^2
};

struct SlotEvaluation {
  std::vector<LayerPaths> layers;
  std::vector<LayerMean> means;
  LatencyParts head;  // its compute, and its way to layer 0's gateway

  LatencyParts total() const;
};

// Thread-compatible. Everything given must outlive it.
class PlanEvaluator {
 public:
  // `laws` [layers] are of the problem's layers.
  PlanEvaluator(const PlacementProblem& problem, const Placement& placement,
                const Constellation& constellation, const SolveOptions& options,
                const std::vector<SelectionLaw>& laws);

  // A lap that begins at t with the links of `slot`. Each layer's routes and
  // lengths are those of the moment at which the lap is expected to be there.
  // nullopt: some message of the plan has no route.
  std::optional<SlotEvaluation> Evaluate(int slot, double t);

 private:
  LayerMean MeanOf(int layer, const LayerPaths& paths) const;

  const PlacementProblem& problem_;
  const Placement& placement_;
  const Constellation& constellation_;
  const SolveOptions& options_;
  const std::vector<SelectionLaw>& laws_;
  RouteFinder finder_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_PLAN_EVALUATOR_H_
