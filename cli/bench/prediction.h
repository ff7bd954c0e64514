// A live run's laps, predicted.
#ifndef SPACEMOE_CLI_BENCH_PREDICTION_H_
#define SPACEMOE_CLI_BENCH_PREDICTION_H_

#include <vector>

#include "absl/status/statusor.h"
#include "cli/bench/latency_bench.h"
#include "cli/bench/reference.h"
#include "cli/generate/outcome.h"
#include "coordinator/planning/plan.h"
#include "models/config/model_config.h"

namespace spacemoe {

// The decode laps of a run of `plan`: for each the simulator's latency at the
// moment when it began, with the position's keys in the caches and the experts
// that the reference chose. INTERNAL: a position that the reference lacks;
// others as LapReplay's.
absl::StatusOr<std::vector<BenchLap>> PredictLaps(
    const Plan& plan, const ModelConfig& config,
    const std::vector<ReferenceText>& reference,
    const std::vector<SequenceOutcome>& sequences);

// From the plan's profile alone, over the laps' time.
absl::StatusOr<LatencyParts> Forecast(const Plan& plan,
                                      const std::vector<BenchLap>& laps);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_BENCH_PREDICTION_H_
