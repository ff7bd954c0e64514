// A strategy's plans over several seeds.
#ifndef SPACEMOE_PLACEMENT_SIMULATION_STRATEGY_RUN_H_
#define SPACEMOE_PLACEMENT_SIMULATION_STRATEGY_RUN_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "placement/constellation.h"
#include "placement/problem.h"
#include "placement/simulation/plan_simulation.h"

namespace spacemoe {

struct Experiment {
  const Constellation* constellation = nullptr;  // outlives the experiment
  // The problem of a seed: profiles may be drawn.
  std::function<absl::StatusOr<PlacementProblem>(uint64_t seed)> problem;
  SolveOptions solve;  // its seeds are set for each run
  SimulationOptions simulation;
  std::vector<uint64_t> seeds;
  // nullopt: each strategy's default.
  std::optional<int> experts_per_satellite;
  // 0: as many threads as there are seeds and cores.
  int threads = 0;
};

struct SeedResult {
  uint64_t seed = 0;
  PlanSimulation simulation;
  std::optional<double> lower_bound_ms;
  int satellites = 0;
  double solve_seconds = 0;
};

struct StrategyRun {
  std::string strategy;
  // Why, for some seed, there is no plan, or none that any slot connects; then
  // there are no seeds.
  std::string infeasible;
  std::string bound_kind;
  std::vector<SeedResult> seeds;

  // Over the seeds; only if feasible.
  LatencyParts MeanParts() const;
  double MeanMs() const { return MeanParts().total_ms(); }
  double ConfidenceMs() const;               // 95 %, half the width
  std::vector<double> SortedTokens() const;  // of all seeds
  std::vector<double> LayerMs() const;       // [layers]
  std::vector<double> LayerSdMs() const;     // [layers]
  std::optional<double> LowerBoundMs() const;
  double DisconnectedShare() const;  // of the slots
};

// The seed goes into the placement, the outages and the draws; strategies of
// one experiment meet the same outages. Seeds run in parallel. Errors are those
// of solving and simulating, with the strategy's name.
absl::StatusOr<StrategyRun> RunStrategy(const std::string& strategy,
                                        const Experiment& experiment);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_SIMULATION_STRATEGY_RUN_H_
