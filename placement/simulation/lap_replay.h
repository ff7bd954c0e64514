// Laps that satellites have run, evaluated by the simulator.
#ifndef SPACEMOE_PLACEMENT_SIMULATION_LAP_REPLAY_H_
#define SPACEMOE_PLACEMENT_SIMULATION_LAP_REPLAY_H_

#include <vector>

#include "absl/status/statusor.h"
#include "placement/constellation.h"
#include "placement/cost.h"
#include "placement/placement.h"
#include "placement/problem.h"
#include "placement/routes.h"

namespace spacemoe {

struct ReplayedLap {
  // Constellation time at which the head's step of the lap before ended.
  double start_s = 0;
  std::vector<double> gateway_ms;         // [layers], each gateway's compute
  std::vector<std::vector<int>> experts;  // [layers], those selected, once each
};

// All links are up and nothing waits for other tokens. Thread-compatible.
class LapReplay {
 public:
  // Everything must outlive it. InvalidArgument as Predict.
  static absl::StatusOr<LapReplay> Create(const PlacementProblem& problem,
                                          const Placement& placement,
                                          const Constellation& constellation,
                                          const SolveOptions& options);

  // From the lap's start to the end of the head's step. Each layer's routes are
  // the shortest, and as long, as when its gateway's step ends.
  // InvalidArgument: numbers of layers or experts that are not the problem's.
  // FailedPrecondition: some message has no route.
  absl::StatusOr<LatencyParts> Evaluate(const ReplayedLap& lap);

 private:
  LapReplay(const PlacementProblem& problem, const Placement& placement,
            const Constellation& constellation, const SolveOptions& options);

  absl::Status Check(const ReplayedLap& lap) const;

  const PlacementProblem& problem_;
  const Placement& placement_;
  const Constellation& constellation_;
  const SolveOptions& options_;
  RouteFinder finder_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_SIMULATION_LAP_REPLAY_H_
