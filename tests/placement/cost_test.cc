#include "placement/cost.h"

#include <algorithm>
#include <vector>

#include "gtest/gtest.h"
#include "placement/layer_paths.h"
#include "placement/strategy.h"
#include "tests/placement/shells.h"
#include "tests/placement/status_check.h"

namespace spacemoe {
namespace {

Prediction PredictOk(const PlacementProblem& problem,
                     const Placement& placement, const Constellation& sky,
                     const SolveOptions& options = {}) {
  const auto prediction = Predict(problem, placement, sky, options);
  EXPECT_TRUE(prediction.ok()) << prediction.status();
  return prediction.ok() ? *prediction : Prediction{};
}

// All hops of the tiny ring are equally long at all times.
class CostOnARing : public ::testing::Test {
 protected:
  void SetUp() override {
    hop_ms_ = sky_.DistanceKm(0, 1, 0) / kLightSpeedKmPerS * 1e3;
  }

  const Constellation sky_ = Open("tiny");
  double hop_ms_ = 0;
};

TEST_F(CostOnARing, IsTheExpectedMaximumByHand) {
  PlacementProblem problem = UniformProblem(2, 3, 2);
  problem.activation[0] = {0.8, 0.6, 0.6};  // pairs 12: .4, 13: .4, 23: .2
  problem.activation[1] = {0.8, 0.6, 0.6};
  const Placement placement{.gateways = {0, 4},
                            .experts = {{{1}, {2}, {7}}, {{5}, {6}, {3}}},
                            .head = 0};
  const Prediction found = PredictOk(problem, placement, sky_);
  // From 0 to 4: over 1 or 2 it is 4 hops, over 7 it is 2 + 3 = 5 hops.
  EXPECT_NEAR(found.layers[0].propagation_ms, hop_ms_ * (0.4 * 4 + 0.6 * 5),
              1e-5);
  EXPECT_NEAR(found.layers[0].processing_ms, 0.3 * (0.4 * 4 + 0.6 * 5), 1e-9);
  // From 4 to 0: over 5 or 6 it is 1 + 4 = 2 + 3 = 5 hops, over 3 it is 4.
  EXPECT_NEAR(found.layers[1].propagation_ms, hop_ms_ * 5, 1e-5);
  EXPECT_NEAR(found.total.propagation_ms, hop_ms_ * (0.4 * 4 + 0.6 * 5 + 5),
              1e-5);
  EXPECT_EQ(found.total.queueing_ms, 0);
  EXPECT_EQ(found.total.compute_ms, 0);
  EXPECT_EQ(found.sampling_error_ms, 0);
}

TEST_F(CostOnARing, SerialisesDispatchAndOutputOnTheirOwnHops) {
  const Constellation slow = Make(sky_.shell(), {.rate_bps = 1e6});
  const PlacementProblem problem = UniformProblem(2, 1, 1);
  const Placement placement{
      .gateways = {0, 4}, .experts = {{{1}}, {{3}}}, .head = 0};
  const Prediction found = PredictOk(problem, placement, slow);
  // 8 ms for 1000 bytes: 1 hop of the dispatched row, 3 hops of 2000 bytes.
  EXPECT_NEAR(found.layers[0].serialization_ms, 8 + 3 * 16, 1e-5);
}

TEST_F(CostOnARing, AddsComputeOfGatewayExpertsAndHead) {
  const PlacementProblem problem = UniformProblem(2, 3, 2);
  const Placement placement{.gateways = {0, 4},
                            .experts = {{{1}, {2}, {3}}, {{5}, {6}, {7}}},
                            .head = 0};
  const Prediction found =
      PredictOk(problem, placement, sky_, {.satellite_flops = 1e9});
  EXPECT_NEAR(found.layers[0].compute_ms, 4 + 1, 1e-9);
  EXPECT_NEAR(found.head.compute_ms, 2, 1e-9);
  EXPECT_NEAR(found.total.compute_ms, 2 * 5 + 2, 1e-9);
}

TEST_F(CostOnARing, RunsExpertsOfOneSatelliteOneAfterTheOther) {
  const PlacementProblem problem = UniformProblem(2, 3, 2);
  const Placement placement{.gateways = {0, 4},
                            .experts = {{{0}, {0}, {0}}, {{4}, {4}, {4}}},
                            .head = 0};
  const Prediction found =
      PredictOk(problem, placement, sky_, {.satellite_flops = 1e9});
  EXPECT_NEAR(found.layers[0].compute_ms, 4 + 2 * 1, 1e-9);
  EXPECT_NEAR(found.layers[0].propagation_ms, 4 * hop_ms_, 1e-5);
}

TEST_F(CostOnARing, TakesTheResidualsWayInADenseLayer) {
  PlacementProblem problem = UniformProblem(2, 0, 0);
  const Placement placement{.gateways = {0, 3}, .experts = {{}, {}}, .head = 8};
  const Prediction found = PredictOk(problem, placement, sky_);
  EXPECT_NEAR(found.layers[0].propagation_ms, 3 * hop_ms_, 1e-5);
  EXPECT_NEAR(found.layers[1].propagation_ms, 4 * hop_ms_, 1e-5);
  EXPECT_NEAR(found.head.propagation_ms, hop_ms_, 1e-5);
}

TEST_F(CostOnARing, ReachesAReplicatedExpertOnItsFasterPath) {
  const PlacementProblem problem = UniformProblem(2, 1, 1);
  const Placement placement{
      .gateways = {0, 4}, .experts = {{{7, 2}}, {{3}}}, .head = 0};
  const Prediction found = PredictOk(problem, placement, sky_);
  EXPECT_NEAR(found.layers[0].propagation_ms, 4 * hop_ms_, 1e-5);
}

TEST(SlowestPath, IsTheSlowestOfSitesAndResidual) {
  LayerPaths paths;
  paths.residual = {.propagation_ms = 3};
  paths.sites = {
      {.base = {.propagation_ms = 1}, .per_expert = {.compute_ms = 1.5}},
      {.base = {.propagation_ms = 4}, .per_expert = {}}};
  paths.site_of = {0, 0, 1};
  SlowestPath slowest(paths);
  EXPECT_DOUBLE_EQ(slowest.Of({0}).propagation_ms, 3);
  EXPECT_DOUBLE_EQ(slowest.Of({0, 1}).compute_ms, 3);
  EXPECT_DOUBLE_EQ(slowest.Of({0, 1}).propagation_ms, 1);
  // Both sites take 4 ms: the first selected expert's.
  EXPECT_DOUBLE_EQ(slowest.Of({0, 1, 2}).propagation_ms, 1);
  EXPECT_DOUBLE_EQ(slowest.Of({0, 2}).propagation_ms, 4);
}

TEST(Predict, PartsAddUpAndLayersMakeTheTotal) {
  const Constellation sky = Open("spacemoe-paper");
  const PlacementProblem problem = UniformProblem(30, 8, 2);
  const SolveOptions options{.satellite_flops = 1e9};
  const Placement placement =
      Solve("spacemoe", problem, sky, options)->placement;
  const Prediction found = PredictOk(problem, placement, sky, options);
  ASSERT_EQ(found.layers.size(), 30u);
  double sum = found.head.total_ms();
  for (const LatencyParts& layer : found.layers) sum += layer.total_ms();
  EXPECT_NEAR(found.total.total_ms(), sum, 1e-6);
}

// The sampled law of many experts against the enumerated one of the same
// latencies is the same mean within its reported error.
TEST(Predict, ReportsTheErrorOfSampling) {
  const Constellation sky = Open("starlink-s1");
  const PlacementProblem problem = UniformProblem(4, 32, 4);
  const Placement placement = Solve("random", problem, sky, {})->placement;
  const Prediction one = PredictOk(problem, placement, sky, {.seed = 1});
  const Prediction two = PredictOk(problem, placement, sky, {.seed = 2});
  EXPECT_GT(one.sampling_error_ms, 0);
  EXPECT_NEAR(one.total.total_ms(), two.total.total_ms(),
              6 * one.sampling_error_ms);
  EXPECT_LT(one.sampling_error_ms, 0.02 * one.total.total_ms());
}

TEST(Predict, RefusesAPlacementOfAnotherModel) {
  const Constellation sky = Open("spacemoe-paper");
  const Placement placement =
      Solve("random", UniformProblem(4, 8, 2), sky, {})->placement;
  ExpectInvalid(Predict(UniformProblem(5, 8, 2), placement, sky, {}).status(),
                "4 gateways");
}

}  // namespace
}  // namespace spacemoe
