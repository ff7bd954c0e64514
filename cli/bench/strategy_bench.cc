#include "cli/bench/strategy_bench.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/bench/prediction.h"
#include "cli/generate/ring_run.h"
#include "coordinator/planning/plan.h"
#include "models/checkpoint/checkpoint.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// Why the strategy has no plan, if so.
absl::StatusOr<std::optional<std::string>> WhyNot(const std::string& model,
                                                  const PlanOptions& options) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::unique_ptr<Checkpoint> checkpoint,
                            Checkpoint::Open(model));
  SPACEMOE_ASSIGN_OR_RETURN(const Plan plan, MakePlan(*checkpoint, options));
  if (plan.result.feasible()) return std::nullopt;
  return plan.result.detail;
}

absl::StatusOr<GenerateOutcome> RunLive(
    const std::string& strategy, const GenerateJob& job,
    const std::vector<ReferenceText>& reference, RingRun* run) {
  SPACEMOE_ASSIGN_OR_RETURN(GenerateOutcome outcome,
                            run->Generate(job, /*on_text=*/nullptr));
  SPACEMOE_RETURN_IF_ERROR(
      CheckSameTexts(reference, strategy, outcome.sequences));
  return outcome;
}

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
  SPACEMOE_ASSIGN_OR_RETURN(const std::optional<std::string> reason,
                            WhyNot(job.model, options.plan));
  if (reason.has_value()) {
    bench.no_plan = *reason;
    return bench;
  }
  SPACEMOE_ASSIGN_OR_RETURN(const std::unique_ptr<RingRun> run,
                            RingRun::Start(job.model, options, guard));
  SPACEMOE_ASSIGN_OR_RETURN(const GenerateOutcome outcome,
                            RunLive(strategy, job, reference, run.get()));
  bench.satellites = outcome.satellites;
  bench.links = outcome.links;
  bench.startup_seconds = run->startup_seconds();
  bench.wall_seconds = outcome.wall_seconds;
  SPACEMOE_RETURN_IF_ERROR(AddPrediction(*run, reference, outcome, &bench));
  return bench;
}

}  // namespace spacemoe
