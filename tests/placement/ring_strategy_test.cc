#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "placement/cost.h"
#include "placement/path_latency.h"
#include "placement/strategy.h"
#include "placement/subnets.h"
#include "tests/placement/shells.h"

namespace spacemoe {
namespace {

Placement Place(const std::string& strategy, const PlacementProblem& problem,
                const Constellation& sky, const SolveOptions& options = {}) {
  const auto result = Solve(strategy, problem, sky, options);
  EXPECT_TRUE(result.ok() && result->feasible());
  return result->placement;
}

std::string Reason(const PlacementProblem& problem, const std::string& sky,
                   const SolveOptions& options = {}) {
  const auto result = Solve("spacemoe", problem, Open(sky), options);
  EXPECT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->feasible());
  return result->detail;
}

TEST(RingStrategy, StaysInsideItsSubnets) {
  const Constellation sky = Open("starlink-s1");
  const PlacementProblem problem = UniformProblem(20, 8, 2);
  for (const char* name : {"spacemoe", "random-intra", "random-intra-cg"}) {
    const Placement placement =
        Place(name, problem, sky, {.seed = 5, .start_time_s = 300});
    const auto subnets = Subnets(sky, 20, 300);
    for (int l = 0; l < 20; ++l) {
      EXPECT_THAT(subnets[l], ::testing::Contains(placement.gateways[l]));
      for (const auto& replicas : placement.experts[l]) {
        EXPECT_THAT(subnets[l], ::testing::Contains(replicas[0]));
      }
    }
  }
}

TEST(RingStrategy, CentralGatewaysSitInTheMiddlePlane) {
  const Constellation sky = Open("spacemoe-paper");
  const PlacementProblem problem = UniformProblem(32, 8, 2);
  for (const char* name : {"spacemoe", "random-intra-cg"}) {
    const Placement placement = Place(name, problem, sky, {.seed = 5});
    for (int l = 0; l < 32; ++l) {
      EXPECT_EQ(placement.gateways[l], sky.Id(16, l));
    }
  }
}

TEST(RingStrategy, TakesTheNextPlaneWhenTheCentreIsExcluded) {
  const Constellation sky = Open("spacemoe-paper");
  const Placement placement =
      Place("spacemoe", UniformProblem(32, 8, 2), sky,
            {.excluded = {sky.Id(16, 4), sky.Id(15, 4)}});
  EXPECT_EQ(placement.gateways[4], sky.Id(17, 4));
  EXPECT_EQ(placement.gateways[5], sky.Id(16, 5));
}

TEST(RingStrategy, SaysWhyThereIsNoPlan) {
  EXPECT_EQ(Reason(UniformProblem(33, 8, 2), "spacemoe-paper"),
            "a ring of 33 layers needs at least 33 satellites in a plane, "
            "spacemoe-paper has 32");
  EXPECT_EQ(Reason(UniformProblem(32, 64, 2), "spacemoe-paper"),
            "layer 0 needs 65 satellites (a gateway and 64 experts, 1 per "
            "satellite), its subnet has 33 available");
  EXPECT_THAT(Reason(UniformProblem(3, 4, 2), "tiny:1"),
              ::testing::HasSubstr("its subnet has 3 available"));
}

TEST(RingStrategy, SortMatchesActivationAndPathLatency) {
  const Constellation sky = Open("spacemoe-paper");
  PlacementProblem problem = UniformProblem(32, 4, 2);
  problem.activation[7] = {0.2, 0.9, 0.3, 0.6};
  const SolveOptions options{.start_time_s = 1000};
  const Placement placement = Place("spacemoe", problem, sky, options);
  const auto delays = MeanDelaysFrom(sky, placement.gateways, options);
  const std::vector<double> latency =
      PathLatencyMs(sky, delays[7], delays[8], problem.model);
  std::vector<double> by_activation;
  for (int expert : {1, 3, 2, 0}) {
    by_activation.push_back(latency[placement.experts[7][expert][0]]);
  }
  EXPECT_TRUE(std::is_sorted(by_activation.begin(), by_activation.end()));
  const std::vector<int> subnet = Subnets(sky, 32, 1000)[7];
  for (int id : subnet) {
    if (id == placement.gateways[7]) continue;
    const bool used =
        std::any_of(placement.experts[7].begin(), placement.experts[7].end(),
                    [&](const auto& replicas) { return replicas[0] == id; });
    if (used) continue;
    EXPECT_GE(latency[id], by_activation.back());
  }
}

// By hand: in a ring with the gateways in the middle plane, the plane beside it
// is nearer than the one beyond.
TEST(RingStrategy, PutsTheHottestExpertsBesideTheGateway) {
  const Constellation sky = Open("tiny:2");
  PlacementProblem problem = UniformProblem(22, 4, 1);
  for (auto& layer : problem.activation) layer = {0.1, 0.2, 0.3, 0.4};
  const Placement placement = Place("spacemoe", problem, sky);
  int at_distance[4] = {};  // planes away from the gateway, by expert
  for (int l = 0; l < 22; ++l) {
    for (int e = 0; e < 4; ++e) {
      at_distance[e] += std::abs(sky.PlaneOf(placement.experts[l][e][0]) -
                                 sky.PlaneOf(placement.gateways[l]));
    }
  }
  EXPECT_EQ(at_distance[3], 22);
  EXPECT_EQ(at_distance[2], 22);
  EXPECT_EQ(at_distance[1], 44);
  EXPECT_EQ(at_distance[0], 44);
}

TEST(RingStrategy, SharesSatellitesByActivation) {
  const Constellation sky = Open("spacemoe-paper");
  PlacementProblem problem = UniformProblem(2, 5, 1);
  problem.activation[0] = {0.1, 0.3, 0.15, 0.25, 0.2};
  const Placement placement =
      Place("spacemoe", problem, sky, {.experts_per_satellite = 2});
  const auto& experts = placement.experts[0];
  EXPECT_EQ(experts[1], experts[3]);
  EXPECT_EQ(experts[4], experts[2]);
  EXPECT_NE(experts[1], experts[4]);
  EXPECT_NE(experts[0], experts[1]);
  EXPECT_NE(experts[0], experts[4]);
}

// The order that the paper publishes, and about the sizes of our own earlier
// simulation (0.444 to 3.26 s of propagation there, with outages).
TEST(RingStrategy, ReproducesThePapersOrder) {
  const Constellation sky = Open("spacemoe-paper");
  const PlacementProblem problem = UniformProblem(32, 8, 2);
  std::vector<double> propagation;
  for (const char* name :
       {"spacemoe", "random-intra-cg", "random-intra", "random"}) {
    const SolveOptions options{.seed = 1};
    const auto prediction =
        Predict(problem, Place(name, problem, sky, options), sky, options);
    ASSERT_TRUE(prediction.ok()) << prediction.status();
    propagation.push_back(prediction->total.propagation_ms);
  }
  EXPECT_TRUE(std::is_sorted(propagation.begin(), propagation.end()));
  EXPECT_GT(propagation[3], 5 * propagation[0]);
  EXPECT_NEAR(propagation[0], 450, 60);
}

}  // namespace
}  // namespace spacemoe
