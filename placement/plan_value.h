// The mean latency of a whole plan, as strategies compare plans.
#ifndef SPACEMOE_PLACEMENT_PLAN_VALUE_H_
#define SPACEMOE_PLACEMENT_PLAN_VALUE_H_

#include <vector>

#include "placement/constellation.h"
#include "placement/placement.h"
#include "placement/problem.h"
#include "placement/selection_law.h"

namespace spacemoe {

// Mean over the connected slots, as Predict's total; infinite where there is
// none. The placement must be valid, `laws` of the problem's layers.
double MeanTokenMs(const PlacementProblem& problem, const Placement& placement,
                   const Constellation& constellation,
                   const SolveOptions& options,
                   const std::vector<SelectionLaw>& laws);

// Gateways and head of one token: what no placement changes.
double FixedComputeMs(const ModelShape& model, const SolveOptions& options);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_PLAN_VALUE_H_
