// One plan over the slots of an orbit, token by token.
#ifndef SPACEMOE_PLACEMENT_SIMULATION_PLAN_SIMULATION_H_
#define SPACEMOE_PLACEMENT_SIMULATION_PLAN_SIMULATION_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "placement/constellation.h"
#include "placement/cost.h"
#include "placement/placement.h"
#include "placement/problem.h"
#include "placement/simulation/set_sampler.h"

namespace spacemoe {

// What becomes of a token in a slot in which some message of the plan has no
// route.
enum class DisconnectedRule {
  kSkip,     // it counts for nothing; the share of such slots is reported
  kWait,     // it waits for the next slot without (cyclically), as queueing
  kPenalty,  // it takes penalty_ms longer than in the next slot without
};

struct SimulationOptions {
  DisconnectedRule disconnected = DisconnectedRule::kSkip;
  double penalty_ms = 0;
  // Drawn in each slot for the percentiles and the spread of layers; the mean
  // of one token at a time is the exact expectation over the sets of experts.
  int tokens_per_slot = 50;
  // At once on the ring. Above 1 the mean too is of drawn tokens.
  int tokens_in_flight = 1;
  uint64_t seed = 0;  // of the draws
  // Of the profile (profile.h): drawn tokens follow them from layer to layer
  // (set_sampler.h). Empty: layers' sets are drawn independently.
  std::vector<TransitionCounts> transitions;
};

struct PlanSimulation {
  LatencyParts mean;                // of a token
  std::vector<double> layer_ms;     // [layers], means of one token at a time
  std::vector<double> layer_sd_ms;  // [layers], standard deviations
  std::vector<double> tokens_ms;    // drawn, ascending
  int slots = 0;
  int disconnected_slots = 0;
};

// Slots are the SlotTimes(options), links those of options.topology. How a
// layer's set depends on the one before changes no mean of one token at a time,
// but percentiles. InvalidArgument as Predict, and for bad simulation options.
// FailedPrecondition: the plan is disconnected in every slot.
absl::StatusOr<PlanSimulation> SimulatePlan(
    const PlacementProblem& problem, const Placement& placement,
    const Constellation& constellation, const SolveOptions& options,
    const SimulationOptions& simulation);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_SIMULATION_PLAN_SIMULATION_H_
