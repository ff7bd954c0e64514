// Several tokens on the ring at once: every satellite does one thing at a time.
#ifndef SPACEMOE_PLACEMENT_SIMULATION_TOKEN_QUEUE_H_
#define SPACEMOE_PLACEMENT_SIMULATION_TOKEN_QUEUE_H_

#include <cstdint>
#include <vector>

#include "placement/plan_evaluator.h"
#include "placement/problem.h"
#include "placement/simulation/set_sampler.h"

namespace spacemoe {

// Tokens circulate over one slot's paths. Gateways, expert satellites and the
// head serve rows in the order in which they come; a satellite with several
// roles of a layer is one server, the head is one of its own. A row's
// serialization does not make others wait.
struct QueueOptions {
  int tokens = 1;
  int warm_up_laps = 2;
  int laps = 4;  // measured, of each token
  uint64_t seed = 0;
};

// Milliseconds of each measured lap, from the end of the head's step to the end
// of the next; [tokens x laps], by the time of their end.
std::vector<double> SimulateQueue(const PlacementProblem& problem,
                                  const Placement& placement,
                                  const SolveOptions& options,
                                  const SlotEvaluation& slot,
                                  const std::vector<SetSampler>& samplers,
                                  const QueueOptions& queue);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_SIMULATION_TOKEN_QUEUE_H_
