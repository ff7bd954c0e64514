// One strategy on live satellites.
#ifndef SPACEMOE_CLI_BENCH_STRATEGY_BENCH_H_
#define SPACEMOE_CLI_BENCH_STRATEGY_BENCH_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/bench/latency_bench.h"
#include "cli/bench/reference.h"
#include "cli/generate/outcome.h"
#include "cli/launcher/process_guard.h"
#include "coordinator/options/ring_options.h"

namespace spacemoe {

// Starts the satellites, runs the job with one sequence in flight, compares the
// texts with the reference, predicts, and takes everything down. A plan that
// does not fit is a result (no_plan). INTERNAL: another text.
// FAILED_PRECONDITION: no decode lap.
absl::StatusOr<StrategyBench> BenchStrategy(
    const std::string& strategy, const GenerateJob& job,
    const RingOptions& ring, const std::vector<ReferenceText>& reference,
    ProcessGuard* guard);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_BENCH_STRATEGY_BENCH_H_
