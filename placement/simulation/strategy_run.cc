#include "placement/simulation/strategy_run.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "placement/placement.h"
#include "placement/simulation/statistics.h"
#include "placement/strategy.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct SeedOutcome {
  absl::Status status;
  std::string infeasible;
  std::string bound_kind;
  SeedResult result;
};

absl::Status RunSeed(const std::string& strategy, const Experiment& experiment,
                     uint64_t seed, SeedOutcome* outcome) {
  SPACEMOE_ASSIGN_OR_RETURN(const PlacementProblem problem,
                            experiment.problem(seed));
  SolveOptions solve = experiment.solve;
  solve.seed = seed;
  solve.topology.seed = seed;
  solve.experts_per_satellite = experiment.experts_per_satellite.value_or(
      DefaultExpertsPerSatellite(strategy));
  const auto start = SteadyClock::now();
  SPACEMOE_ASSIGN_OR_RETURN(
      const SolveResult found,
      Solve(strategy, problem, *experiment.constellation, solve));
  const std::chrono::duration<double> took = SteadyClock::now() - start;
  if (!found.feasible()) {
    outcome->infeasible = found.detail;
    return absl::OkStatus();
  }
  SimulationOptions simulation = experiment.simulation;
  simulation.seed = seed;
  outcome->bound_kind = found.bound_kind;
  outcome->result.seed = seed;
  outcome->result.lower_bound_ms = found.lower_bound_ms;
  outcome->result.solve_seconds = took.count();
  outcome->result.satellites =
      static_cast<int>(RolesBySatellite(found.placement).size());
  auto simulated = SimulatePlan(problem, found.placement,
                                *experiment.constellation, solve, simulation);
  if (absl::IsFailedPrecondition(simulated.status())) {
    outcome->infeasible = absl::StrCat(
        "with seed ", seed, ", ", std::string(simulated.status().message()));
    return absl::OkStatus();
  }
  if (!simulated.ok()) return simulated.status();
  outcome->result.simulation = *std::move(simulated);
  return absl::OkStatus();
}

int Threads(const Experiment& experiment) {
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  const int wanted = experiment.threads > 0 ? experiment.threads : cores;
  return std::clamp(wanted, 1, static_cast<int>(experiment.seeds.size()));
}

std::vector<SeedOutcome> RunSeeds(const std::string& strategy,
                                  const Experiment& experiment) {
  std::vector<SeedOutcome> outcomes(experiment.seeds.size());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < outcomes.size(); i = next++) {
      outcomes[i].status =
          RunSeed(strategy, experiment, experiment.seeds[i], &outcomes[i]);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < Threads(experiment); ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  return outcomes;
}

std::vector<double> MeanColumns(const std::vector<SeedResult>& seeds,
                                std::vector<double> PlanSimulation::*column) {
  std::vector<double> means;
  for (const SeedResult& seed : seeds) {
    const std::vector<double>& values = seed.simulation.*column;
    means.resize(values.size(), 0.0);
    for (size_t i = 0; i < values.size(); ++i) {
      means[i] += values[i] / static_cast<double>(seeds.size());
    }
  }
  return means;
}

}  // namespace

LatencyParts StrategyRun::MeanParts() const {
  LatencyParts mean;
  for (const SeedResult& seed : seeds) mean += seed.simulation.mean;
  mean *= 1.0 / static_cast<double>(seeds.size());
  return mean;
}

double StrategyRun::ConfidenceMs() const {
  std::vector<double> means;
  for (const SeedResult& seed : seeds) {
    means.push_back(seed.simulation.mean.total_ms());
  }
  return ConfidenceHalfWidth(means);
}

std::vector<double> StrategyRun::SortedTokens() const {
  std::vector<double> tokens;
  for (const SeedResult& seed : seeds) {
    tokens.insert(tokens.end(), seed.simulation.tokens_ms.begin(),
                  seed.simulation.tokens_ms.end());
  }
  std::sort(tokens.begin(), tokens.end());
  return tokens;
}

std::vector<double> StrategyRun::LayerMs() const {
  return MeanColumns(seeds, &PlanSimulation::layer_ms);
}

std::vector<double> StrategyRun::LayerSdMs() const {
  return MeanColumns(seeds, &PlanSimulation::layer_sd_ms);
}

std::optional<double> StrategyRun::LowerBoundMs() const {
  double sum = 0;
  for (const SeedResult& seed : seeds) {
    if (!seed.lower_bound_ms.has_value()) return std::nullopt;
    sum += *seed.lower_bound_ms;
  }
  if (seeds.empty()) return std::nullopt;
  return sum / static_cast<double>(seeds.size());
}

double StrategyRun::DisconnectedShare() const {
  double without = 0, all = 0;
  for (const SeedResult& seed : seeds) {
    without += seed.simulation.disconnected_slots;
    all += seed.simulation.slots;
  }
  return all > 0 ? without / all : 0;
}

absl::StatusOr<StrategyRun> RunStrategy(const std::string& strategy,
                                        const Experiment& experiment) {
  if (experiment.seeds.empty()) {
    return absl::InvalidArgumentError("the experiment has no seeds");
  }
  StrategyRun run{.strategy = strategy};
  for (SeedOutcome& outcome : RunSeeds(strategy, experiment)) {
    if (!outcome.status.ok()) {
      return absl::Status(
          outcome.status.code(),
          absl::StrCat(strategy, ": ", std::string(outcome.status.message())));
    }
    if (!outcome.infeasible.empty()) run.infeasible = outcome.infeasible;
    run.bound_kind = outcome.bound_kind;
    run.seeds.push_back(std::move(outcome.result));
  }
  if (!run.infeasible.empty()) run.seeds.clear();
  return run;
}

}  // namespace spacemoe
