#include "cli/bench/prediction.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/planning/model_shape.h"
#include "placement/simulation/lap_replay.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int kForecastSlots = 20;

// Of a row at `position`, milliseconds in each layer's gateway.
std::vector<double> GatewayMs(const Plan& plan, const ModelConfig& config,
                              int64_t position) {
  std::vector<double> ms;
  for (int64_t l = 0; l < config.layers; ++l) {
    RoleCost cost = plan.problem.model.layers[l].gateway;
    cost.flops =
        GatewayFlops(config, l, position - config.FirstKey(l, position) + 1);
    ms.push_back(1e3 * ComputeSeconds(cost, plan.solve));
  }
  return ms;
}

absl::Status AddLaps(const Plan& plan, const ModelConfig& config,
                     const ReferenceText& reference,
                     const SequenceOutcome& sequence, LapReplay* replay,
                     std::vector<BenchLap>* laps) {
  const auto first = static_cast<int64_t>(sequence.prompt_ids.size());
  for (size_t i = 1; i < sequence.times.size(); ++i) {
    const TokenTime& time = sequence.times[i];
    const int64_t position = first + static_cast<int64_t>(i) - 1;
    const auto experts = reference.experts.find(position);
    if (experts == reference.experts.end()) {
      return absl::InternalError(absl::StrCat(
          "one process did not compute position ", position, " of a text"));
    }
    BenchLap lap;
    lap.start_s =
        plan.options.epoch_offset_s + 1e-9 * (time.emitted_ns - time.lap_ns);
    lap.measured = time.lap;
    SPACEMOE_ASSIGN_OR_RETURN(
        lap.predicted,
        replay->Evaluate(
            {lap.start_s, GatewayMs(plan, config, position), experts->second}));
    laps->push_back(std::move(lap));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<BenchLap>> PredictLaps(
    const Plan& plan, const ModelConfig& config,
    const std::vector<ReferenceText>& reference,
    const std::vector<SequenceOutcome>& sequences) {
  SPACEMOE_ASSIGN_OR_RETURN(LapReplay replay,
                            LapReplay::Create(plan.problem, plan.placement(),
                                              plan.constellation, plan.solve));
  std::vector<BenchLap> laps;
  for (size_t s = 0; s < sequences.size(); ++s) {
    SPACEMOE_RETURN_IF_ERROR(
        AddLaps(plan, config, reference[s], sequences[s], &replay, &laps));
  }
  return laps;
}

absl::StatusOr<LatencyParts> Forecast(const Plan& plan,
                                      const std::vector<BenchLap>& laps) {
  SolveOptions options = plan.solve;
  options.slots = kForecastSlots;
  options.start_time_s = laps.front().start_s;
  options.horizon_s = laps.back().start_s - laps.front().start_s +
                      1e-9 * laps.back().measured.total_ns();
  SPACEMOE_ASSIGN_OR_RETURN(
      const Prediction prediction,
      Predict(plan.problem, plan.placement(), plan.constellation, options));
  return prediction.total;
}

}  // namespace spacemoe
