// What every strategy must do.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "placement/cost.h"
#include "placement/placement.h"
#include "placement/strategy.h"
#include "tests/placement/shells.h"
#include "tests/placement/status_check.h"

namespace spacemoe {
namespace {

class StrategyConformance : public ::testing::TestWithParam<std::string> {
 protected:
  SolveResult SolveOn(const Constellation& sky, const PlacementProblem& problem,
                      const SolveOptions& options) {
    const auto result = Solve(GetParam(), problem, sky, options);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : SolveResult{};
  }

  Placement PlaceOn(const Constellation& sky, const PlacementProblem& problem,
                    const SolveOptions& options) {
    SolveResult result = SolveOn(sky, problem, options);
    EXPECT_TRUE(result.feasible()) << result.detail;
    return result.placement;
  }

  void ExpectInfeasible(const Constellation& sky,
                        const PlacementProblem& problem,
                        const SolveOptions& options) {
    const SolveResult result = SolveOn(sky, problem, options);
    EXPECT_FALSE(result.feasible());
    EXPECT_FALSE(result.detail.empty());
  }

  static bool ChoosesSharing() {
    return (*FindStrategy(GetParam()))->chooses_sharing();
  }
  static bool UsesTheSeed() {
    return GetParam().find("random") != std::string::npos;
  }

  const Constellation paper_ = Open("spacemoe-paper");
};

TEST_P(StrategyConformance, GivesEveryRoleASatelliteOfItsOwn) {
  const PlacementProblem problem = UniformProblem(30, 8, 2);
  const Placement placement = PlaceOn(paper_, problem, {.seed = 3});
  EXPECT_EQ(placement.head, placement.gateways[0]);
  EXPECT_EQ(RolesBySatellite(placement).size(), 270u);
  EXPECT_TRUE(ValidatePlacement(placement, problem, paper_, {}).ok());
}

TEST_P(StrategyConformance, CountsSatellitesByExpertsPerSatellite) {
  const PlacementProblem problem = UniformProblem(10, 8, 2);
  const std::vector<std::pair<int, size_t>> expected = {
      {1, 90}, {2, 50}, {3, 40}, {7, 30}, {8, 10}, {100, 10}};
  for (const auto& [per_satellite, satellites] : expected) {
    SCOPED_TRACE(per_satellite);
    const Placement placement = PlaceOn(
        paper_, problem, {.experts_per_satellite = per_satellite, .seed = 1});
    if (ChoosesSharing()) {
      EXPECT_LE(RolesBySatellite(placement).size(), 90u);
      EXPECT_GE(RolesBySatellite(placement).size(), 10u);
    } else {
      EXPECT_EQ(RolesBySatellite(placement).size(), satellites);
    }
  }
}

TEST_P(StrategyConformance, PlacesDenseLayersOnTheirGateway) {
  PlacementProblem problem = UniformProblem(4, 4, 2);
  problem.model.layers[0].experts = problem.model.layers[0].top_k = 0;
  problem.activation[0].clear();
  const Placement placement = PlaceOn(paper_, problem, {});
  EXPECT_TRUE(placement.experts[0].empty());
  EXPECT_EQ(RolesBySatellite(placement).size(), 16u);
}

TEST_P(StrategyConformance, IsDeterministicForASeed) {
  const PlacementProblem problem = UniformProblem(12, 8, 2);
  const SolveOptions options{.seed = 42, .start_time_s = 500};
  EXPECT_EQ(PlaceOn(paper_, problem, options),
            PlaceOn(paper_, problem, options));
  if (!UsesTheSeed()) return;
  EXPECT_NE(PlaceOn(paper_, problem, options),
            PlaceOn(paper_, problem, {.seed = 43, .start_time_s = 500}));
}

TEST_P(StrategyConformance, LeavesExcludedSatellitesAlone) {
  const PlacementProblem problem = UniformProblem(16, 4, 2);
  SolveOptions options{.seed = 9};
  const Placement before = PlaceOn(paper_, problem, options);
  for (int gateway : before.gateways) options.excluded.push_back(gateway);
  options.excluded.push_back(before.experts[3][1][0]);
  const Placement after = PlaceOn(paper_, problem, options);
  EXPECT_NE(before, after);
  EXPECT_TRUE(ValidatePlacement(after, problem, paper_, options).ok());
}

TEST_P(StrategyConformance, RespectsMemory) {
  const PlacementProblem problem = UniformProblem(4, 8, 2);
  SolveOptions options{.memory_bytes_per_satellite = 150};  // gateway and head
  PlaceOn(paper_, problem, options);
  options.memory_bytes_per_satellite = 149;
  ExpectInfeasible(paper_, problem, options);
  options = {.experts_per_satellite = 8, .memory_bytes_per_satellite = 230};
  PlaceOn(paper_, problem, options);
  options.memory_bytes_per_satellite = 229;
  if (ChoosesSharing()) {
    PlaceOn(paper_, problem, options);
  } else {
    ExpectInfeasible(paper_, problem, options);
  }
}

TEST_P(StrategyConformance, IsInfeasibleWhereExpertsFitNowhere) {
  PlacementProblem problem = UniformProblem(4, 8, 2);
  problem.model.layers[2].expert.bytes = 1000;
  ExpectInfeasible(paper_, problem, {.memory_bytes_per_satellite = 999});
}

TEST_P(StrategyConformance, SaysWhatMemoryIsMissing) {
  if (ChoosesSharing()) return;
  PlacementProblem problem = UniformProblem(4, 8, 2);
  problem.model.layers[2].expert.bytes = 3 << 20;
  const SolveResult result = SolveOn(
      paper_, problem,
      {.experts_per_satellite = 2, .memory_bytes_per_satellite = 5 << 20});
  EXPECT_EQ(result.detail,
            "layer 2 with 2 experts per satellite needs 6.0 MiB on one "
            "satellite, which has 5.0 MiB");
}

TEST_P(StrategyConformance, IsInfeasibleWithTooFewSatellites) {
  ExpectInfeasible(Open("tiny"), UniformProblem(3, 4, 2), {});
  ExpectInfeasible(paper_, UniformProblem(16, 70, 2), {});
}

TEST_P(StrategyConformance, WorksOnEveryKindOfShell) {
  for (const char* name : {"starlink-s1", "iridium", "tiny:2", "telesat"}) {
    SCOPED_TRACE(name);
    const Constellation sky = Open(name);
    const PlacementProblem problem = UniformProblem(5, 4, 2);
    for (double start : {0.0, 1000.0}) {
      const Placement placement =
          PlaceOn(sky, problem, {.start_time_s = start});
      EXPECT_EQ(RolesBySatellite(placement).size(), 25u);
    }
  }
}

TEST_P(StrategyConformance, LivesWithOutagesAndPolarCuts) {
  const PlacementProblem problem = UniformProblem(8, 4, 2);
  SolveOptions options{.seed = 1, .horizon_s = 5000, .slots = 6};
  options.topology = {.survival = 0.8, .polar_cut_deg = 70, .seed = 4};
  const Placement placement = PlaceOn(paper_, problem, options);
  EXPECT_TRUE(ValidatePlacement(placement, problem, paper_, options).ok());
}

TEST_P(StrategyConformance, KeepsItsLowerBound) {
  PlacementProblem problem = UniformProblem(10, 8, 2);
  for (auto& layer : problem.activation) {
    layer = {0.5, 0.4, 0.3, 0.3, 0.2, 0.1, 0.1, 0.1};
  }
  for (double flops : {1e7, 1e9, 1e12}) {
    for (int per_satellite : {1, 3, 8}) {
      const SolveOptions options{.experts_per_satellite = per_satellite,
                                 .horizon_s = 5000,
                                 .slots = 5,
                                 .satellite_flops = flops};
      const SolveResult result = SolveOn(paper_, problem, options);
      ASSERT_TRUE(result.feasible()) << result.detail;
      if (!result.lower_bound_ms.has_value()) continue;
      EXPECT_FALSE(result.bound_kind.empty());
      const auto found = Predict(problem, result.placement, paper_, options);
      ASSERT_TRUE(found.ok()) << found.status();
      EXPECT_GE(found->total.total_ms() * 1.0001, *result.lower_bound_ms);
    }
  }
}

TEST_P(StrategyConformance, RefusesBadArguments) {
  PlacementProblem problem = UniformProblem(4, 4, 2);
  problem.activation[2][0] = -1;
  ExpectInvalid(Solve(GetParam(), problem, paper_, {}).status(),
                "layer 2 expert 0");
  ExpectInvalid(Solve(GetParam(), UniformProblem(4, 4, 2), paper_,
                      {.experts_per_satellite = 0})
                    .status(),
                "experts_per_satellite");
}

INSTANTIATE_TEST_SUITE_P(All, StrategyConformance,
                         ::testing::ValuesIn(StrategyNames()),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(FindStrategy, UnknownNameListsTheKnownOnes) {
  ExpectError(FindStrategy("best").status(), absl::StatusCode::kNotFound,
              "unknown strategy 'best'; known are spacemoe, random, "
              "random-intra, random-intra-cg");
}

}  // namespace
}  // namespace spacemoe
