// Placing 32 layers of 16 experts on 4,400 satellites, and simulating a plan on
// 100,000 of them over 200 slots of an orbit.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <string>
#include <utility>

#include "placement/constellation.h"
#include "placement/model_dimensions.h"
#include "placement/simulation/plan_simulation.h"
#include "placement/strategy.h"
#include "placement/synthetic_profile.h"

namespace spacemoe {
namespace {

Constellation Shell(int planes, int satellites_per_plane) {
  ConstellationSpec spec;
  spec.name = "benchmark";
  spec.shells.push_back({.name = "shell",
                         .planes = planes,
                         .satellites_per_plane = satellites_per_plane,
                         .altitude_km = 550,
                         .inclination_deg = 53});
  return *Constellation::Create(std::move(spec));
}

PlacementProblem Problem(int experts) {
  PlacementProblem problem;
  problem.model = *ShapeOfDimensions({.experts = experts});
  auto profile = *MakeSyntheticProfile({.experts = experts});
  problem.activation = std::move(profile.activation);
  problem.coactivation = std::move(profile.coactivation);
  return problem;
}

SolveOptions Options(const Constellation& sky, const std::string& strategy,
                     int slots) {
  SolveOptions options{
      .experts_per_satellite = DefaultExpertsPerSatellite(strategy),
      .horizon_s = sky.period_s(),
      .slots = slots,
      .satellite_flops = 7.28e9};
  options.topology.survival = 0.95;
  return options;
}

void BM_Place(benchmark::State& state, const std::string& strategy) {
  const Constellation sky = Shell(100, 44);
  const PlacementProblem problem = Problem(16);
  const SolveOptions options = Options(sky, strategy, 20);
  for (auto _ : state) {
    const auto result = Solve(strategy, problem, sky, options);
    if (!result.ok() || !result->feasible()) state.SkipWithError("no plan");
  }
}
BENCHMARK_CAPTURE(BM_Place, spacemoe, "spacemoe")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Place, expected_max, "expected-max")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Place, compact, "compact")->Unit(benchmark::kMillisecond);

void BM_PlaceAndSimulateLarge(benchmark::State& state) {
  const Constellation sky = Shell(250, 400);
  const PlacementProblem problem = Problem(8);
  const SolveOptions options = Options(sky, "spacemoe", 200);
  for (auto _ : state) {
    const auto result = Solve("spacemoe", problem, sky, options);
    const auto simulated =
        SimulatePlan(problem, result->placement, sky, options, {});
    if (!simulated.ok()) state.SkipWithError("not simulated");
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  state.counters["peak_MiB"] = static_cast<double>(usage.ru_maxrss) / 1024;
}
BENCHMARK(BM_PlaceAndSimulateLarge)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

}  // namespace
}  // namespace spacemoe
