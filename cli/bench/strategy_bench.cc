#include "cli/bench/strategy_bench.h"

#include <memory>
#include <utility>

#include "cli/bench/prediction.h"
#include "cli/generate/ring_run.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status AddPrediction(const RingRun& run,
                           const std::vector<ReferenceText>& reference,
                           const GenerateOutcome& outcome,
                           StrategyBench* bench) {
  SPACEMOE_ASSIGN_OR_RETURN(
      bench->laps, PredictLaps(run.plan(), run.checkpoint().config(), reference,
                               outcome.sequences));
  if (bench->laps.empty()) {
    return absl::FailedPreconditionError(
        "no text has a second token, hence no decode lap to measure: raise "
        "--max-tokens, give --ignore-eos or other prompts");
  }
  SPACEMOE_ASSIGN_OR_RETURN(bench->forecast, Forecast(run.plan(), bench->laps));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<StrategyBench> BenchStrategy(
    const std::string& strategy, const GenerateJob& job,
    const RingOptions& ring, const std::vector<ReferenceText>& reference,
    ProcessGuard* guard) {
  RingOptions options = ring;
  options.plan.strategy = strategy;
  StrategyBench bench;
  bench.strategy = strategy;
  SPACEMOE_ASSIGN_OR_RETURN(const std::unique_ptr<RingRun> run,
                            RingRun::Make(job.model, std::move(options)));
  if (!run->plan().result.feasible()) {
    bench.no_plan = run->plan().result.detail;
    return bench;
  }
  SPACEMOE_RETURN_IF_ERROR(run->Launch(guard));
  SPACEMOE_ASSIGN_OR_RETURN(const GenerateOutcome outcome,
                            run->Generate(job, /*on_text=*/nullptr));
  SPACEMOE_RETURN_IF_ERROR(
      CheckSameTexts(reference, strategy, outcome.sequences));
  bench.satellites = outcome.satellites;
  bench.links = outcome.links;
  bench.startup_seconds = run->startup_seconds();
  bench.wall_seconds = outcome.wall_seconds;
  SPACEMOE_RETURN_IF_ERROR(AddPrediction(*run, reference, outcome, &bench));
  return bench;
}

}  // namespace spacemoe
