#include "placement/simulation/plan_simulation.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "placement/joint_law.h"
#include "placement/plan_evaluator.h"
#include "placement/simulation/set_sampler.h"
#include "placement/simulation/statistics.h"
#include "placement/simulation/token_queue.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status CheckTransitions(const PlacementProblem& problem,
                              const std::vector<TransitionCounts>& counts) {
  const std::vector<LayerShape>& layers = problem.model.layers;
  if (counts.empty()) return absl::OkStatus();
  if (counts.size() + 1 != layers.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("simulation: transitions of ", counts.size() + 1,
                     " layers, the model has ", layers.size()));
  }
  for (size_t l = 0; l < counts.size(); ++l) {
    if (counts[l].empty()) continue;
    const size_t columns = layers[l + 1].experts;
    bool fits = counts[l].size() == static_cast<size_t>(layers[l].experts);
    for (const std::vector<int64_t>& row : counts[l]) {
      fits = fits && row.size() == columns &&
             std::all_of(row.begin(), row.end(),
                         [](int64_t count) { return count >= 0; });
    }
    if (fits) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "simulation: expected counts of at least 0 of ", layers[l].experts,
        " x ", columns, " transitions from layer ", l, " to the next"));
  }
  return absl::OkStatus();
}

absl::Status CheckSimulation(const SimulationOptions& simulation) {
  if (simulation.tokens_per_slot < 1 || simulation.tokens_in_flight < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "simulation: expected at least 1 token a slot and in flight, found ",
        simulation.tokens_per_slot, " and ", simulation.tokens_in_flight));
  }
  if (simulation.penalty_ms >= 0 && std::isfinite(simulation.penalty_ms)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("simulation: the penalty must be finite and not negative, "
                   "found ",
                   simulation.penalty_ms, " ms"));
}

struct Moments {
  double sum = 0;
  double square = 0;
};

// Adds slots up.
class Accumulator {
 public:
  Accumulator(const PlacementProblem& problem, const Placement& placement,
              const SolveOptions& options, const SimulationOptions& simulation,
              const std::vector<SelectionLaw>& laws)
      : problem_(problem),
        placement_(placement),
        options_(options),
        simulation_(simulation),
        samplers_(MakeSamplers(laws, simulation.transitions)),
        layers_(laws.size()),
        layer_means_(laws.size(), 0.0) {}

  // A slot whose tokens take `late_ms` longer than these paths say.
  void Add(int slot, const SlotEvaluation& now, double late_ms) {
    LatencyParts parts = now.total();
    std::vector<double> drawn = simulation_.tokens_in_flight > 1
                                    ? DrawQueued(slot, now)
                                    : DrawAlone(slot, now);
    if (simulation_.tokens_in_flight > 1) {
      parts.queueing_ms += MeanOf(drawn) - parts.total_ms();
    }
    parts.queueing_ms += late_ms;
    for (double ms : drawn) result_.tokens_ms.push_back(ms + late_ms);
    result_.mean += parts;
    for (size_t l = 0; l < now.means.size(); ++l) {
      layer_means_[l] += now.means[l].parts.total_ms();
    }
    ++counted_;
  }

  PlanSimulation Finish() {
    result_.mean *= 1.0 / counted_;
    for (size_t l = 0; l < layers_.size(); ++l) {
      result_.layer_ms.push_back(layer_means_[l] / counted_);
      const double mean = layers_[l].sum / draws_;
      result_.layer_sd_ms.push_back(
          std::sqrt(std::max(0.0, layers_[l].square / draws_ - mean * mean)));
    }
    std::sort(result_.tokens_ms.begin(), result_.tokens_ms.end());
    return std::move(result_);
  }

  bool empty() const { return counted_ == 0; }

 private:
  double GatewayMs(size_t layer) const {
    return 1e3 * ComputeSeconds(problem_.model.layers[layer].gateway, options_);
  }

  // Also the layers' moments.
  std::vector<double> DrawAlone(int slot, const SlotEvaluation& now) {
    CounterRng rng(simulation_.seed, slot);
    std::vector<double> drawn(simulation_.tokens_per_slot, now.head.total_ms());
    std::vector<int> sets(drawn.size(), -1);
    for (size_t l = 0; l < now.layers.size(); ++l) {
      SlowestPath slowest(now.layers[l]);
      for (size_t i = 0; i < drawn.size(); ++i) {
        sets[i] = samplers_[l].Draw(&rng, sets[i]);
        const double ms =
            GatewayMs(l) + slowest.Of(samplers_[l].experts(sets[i])).total_ms();
        drawn[i] += ms;
        layers_[l].sum += ms;
        layers_[l].square += ms * ms;
      }
    }
    draws_ += simulation_.tokens_per_slot;
    return drawn;
  }

  std::vector<double> DrawQueued(int slot, const SlotEvaluation& now) {
    DrawAlone(slot, now);
    QueueOptions queue{.tokens = simulation_.tokens_in_flight,
                       .seed = simulation_.seed + 0x9E3779B9u * (slot + 1u)};
    queue.laps = std::max(
        1, (simulation_.tokens_per_slot + queue.tokens - 1) / queue.tokens);
    return SimulateQueue(problem_, placement_, options_, now, samplers_, queue);
  }

  const PlacementProblem& problem_;
  const Placement& placement_;
  const SolveOptions& options_;
  const SimulationOptions& simulation_;
  std::vector<SetSampler> samplers_;  // [layers]
  std::vector<Moments> layers_;       // [layers], of drawn tokens
  std::vector<double> layer_means_;   // [layers], sums over slots
  int64_t draws_ = 0;
  int counted_ = 0;
  PlanSimulation result_;
};

// Slots in their order; those without routes wait for the next that has them.
class SlotRun {
 public:
  SlotRun(const SolveOptions& options, const SimulationOptions& simulation,
          Accumulator* sum)
      : options_(options), simulation_(simulation), sum_(sum) {}

  void Add(int slot, std::optional<SlotEvaluation> now) {
    if (!now.has_value()) {
      waiting_.push_back(slot);
      return;
    }
    Release(slot, *now);
    sum_->Add(slot, *now, 0);
    if (first_slot_ < 0) {
      first_slot_ = slot;
      first_ = std::move(now);
    }
  }

  // After the last slot the orbit begins again.
  void Finish() {
    if (first_.has_value()) Release(first_slot_ + options_.slots, *first_);
  }

 private:
  void Release(int slot, const SlotEvaluation& now) {
    if (simulation_.disconnected != DisconnectedRule::kSkip) {
      for (int late : waiting_) sum_->Add(late, now, LateMs(slot - late));
    }
    waiting_.clear();
  }

  double LateMs(int slots) const {
    if (simulation_.disconnected == DisconnectedRule::kPenalty) {
      return simulation_.penalty_ms;
    }
    return 1e3 * slots * options_.horizon_s / options_.slots;
  }

  const SolveOptions& options_;
  const SimulationOptions& simulation_;
  Accumulator* const sum_;
  std::vector<int> waiting_;
  int first_slot_ = -1;
  std::optional<SlotEvaluation> first_;
};

absl::Status NeverConnected(int slots) {
  return absl::FailedPreconditionError(absl::StrCat(
      "in none of the ", slots,
      " slots does every message of the plan have a route: raise the survival "
      "probability, or relax the polar or tracking cut"));
}

}  // namespace

absl::StatusOr<PlanSimulation> SimulatePlan(
    const PlacementProblem& problem, const Placement& placement,
    const Constellation& constellation, const SolveOptions& options,
    const SimulationOptions& simulation) {
  SPACEMOE_RETURN_IF_ERROR(ValidateProblem(problem));
  SPACEMOE_RETURN_IF_ERROR(
      ValidateOptions(options, constellation.satellite_count()));
  SPACEMOE_RETURN_IF_ERROR(CheckSimulation(simulation));
  SPACEMOE_RETURN_IF_ERROR(CheckTransitions(problem, simulation.transitions));
  SPACEMOE_RETURN_IF_ERROR(
      ValidatePlacement(placement, problem, constellation, options));
  const std::vector<SelectionLaw> laws = LayerLaws(problem, options.seed);
  PlanEvaluator evaluator(problem, placement, constellation, options, laws);
  Accumulator sum(problem, placement, options, simulation, laws);
  SlotRun run(options, simulation, &sum);
  const std::vector<double> times = SlotTimes(options);
  int disconnected = 0;
  for (int slot = 0; slot < options.slots; ++slot) {
    auto now = evaluator.Evaluate(slot, times[slot]);
    if (!now.has_value()) ++disconnected;
    run.Add(slot, std::move(now));
  }
  if (sum.empty()) return NeverConnected(options.slots);
  run.Finish();
  PlanSimulation result = sum.Finish();
  result.slots = options.slots;
  result.disconnected_slots = disconnected;
  return result;
}

}  // namespace spacemoe
