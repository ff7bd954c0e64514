// Large constellations: what plans are like, and that searches look only at
// what they must. How long it takes: benchmarks/placement.
#include <algorithm>
#include <vector>

#include "gtest/gtest.h"
#include "placement/model_dimensions.h"
#include "placement/routes.h"
#include "placement/simulation/plan_simulation.h"
#include "placement/strategy.h"
#include "placement/synthetic_profile.h"
#include "tests/placement/shells.h"

namespace spacemoe {
namespace {

PlacementProblem Problem(int experts) {
  PlacementProblem problem;
  problem.model = *ShapeOfDimensions({.experts = experts});
  const auto profile = MakeSyntheticProfile({.experts = experts});
  problem.activation = profile->activation;
  problem.coactivation = profile->coactivation;
  return problem;
}

SolveOptions Options(const Constellation& sky, const char* strategy,
                     int slots) {
  SolveOptions options{
      .experts_per_satellite = DefaultExpertsPerSatellite(strategy),
      .horizon_s = sky.period_s(),
      .slots = slots,
      .satellite_flops = 7.28e9};
  options.topology.survival = 0.95;
  return options;
}

TEST(LargeShell, HoldsThirtyTwoLayersOfSixteenExperts) {
  const Constellation sky = Make(DeltaShell(100, 44, 550, 53, 0));
  const PlacementProblem problem = Problem(16);
  std::vector<double> means;
  for (const char* strategy : {"spacemoe", "compact"}) {
    const SolveOptions options = Options(sky, strategy, 20);
    const auto plan = Solve(strategy, problem, sky, options);
    ASSERT_TRUE(plan.ok() && plan->feasible()) << plan.status();
    const auto simulated =
        SimulatePlan(problem, plan->placement, sky, options, {});
    ASSERT_TRUE(simulated.ok()) << simulated.status();
    EXPECT_EQ(simulated->disconnected_slots, 0);
    means.push_back(simulated->mean.total_ms());
  }
  EXPECT_LT(means[1], means[0]);
}

TEST(LargeShell, ASearchCostsWhatItVisits) {
  const Constellation sky = Make(DeltaShell(250, 400, 550, 53, 0));
  RouteFinder finder(sky);
  const int from = sky.Id(120, 200);
  for (double t : {0.0, 1000.0, 2000.0}) {
    const uint64_t before = finder.settled();
    const auto delays = finder.FindDelays(
        from, {sky.Id(120, 203), sky.Id(122, 201), sky.Id(117, 200)}, t);
    for (const PathDelay& delay : delays) EXPECT_TRUE(delay.reachable());
    EXPECT_LT(finder.settled() - before, 2000u) << t;
  }
}

TEST(LargeShell, APlanOnAHundredThousandSatellitesIsSimulated) {
  const Constellation sky = Make(DeltaShell(250, 400, 550, 53, 0));
  const PlacementProblem problem = Problem(8);
  const SolveOptions options = Options(sky, "spacemoe", 4);
  const auto plan = Solve("spacemoe", problem, sky, options);
  ASSERT_TRUE(plan.ok() && plan->feasible()) << plan.status();
  const auto simulated =
      SimulatePlan(problem, plan->placement, sky, options, {});
  ASSERT_TRUE(simulated.ok()) << simulated.status();
  EXPECT_EQ(simulated->slots, 4);
  EXPECT_GT(simulated->mean.propagation_ms, 0);
}

}  // namespace
}  // namespace spacemoe
