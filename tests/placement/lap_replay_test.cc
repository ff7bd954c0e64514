// A replayed lap against closed forms and against the evaluator's expectation.
#include "placement/simulation/lap_replay.h"

#include <cmath>

#include "gtest/gtest.h"
#include "placement/joint_law.h"
#include "placement/plan_evaluator.h"
#include "placement/strategy.h"
#include "tests/placement/shells.h"
#include "tests/placement/status_check.h"

namespace spacemoe {
namespace {

// All hops of the tiny ring are equally long at all times.
class LapReplayOnARing : public ::testing::Test {
 protected:
  void SetUp() override {
    hop_ms_ = sky_.DistanceKm(0, 1, 0) / kLightSpeedKmPerS * 1e3 + 0.3;
    for (LayerShape& layer : problem_.model.layers) {
      layer.expert.seconds = 0.001;
    }
    problem_.model.head.seconds = 0.002;
  }

  LatencyParts Lap(const Placement& placement, const ReplayedLap& lap) {
    auto replay = LapReplay::Create(problem_, placement, sky_, options_);
    EXPECT_TRUE(replay.ok()) << replay.status();
    const auto parts = replay->Evaluate(lap);
    EXPECT_TRUE(parts.ok()) << parts.status();
    return parts.ok() ? *parts : LatencyParts{};
  }

  const Constellation sky_ = Open("tiny");
  const SolveOptions options_{.experts_per_satellite = 2};
  PlacementProblem problem_ = UniformProblem(2, 2, 1);
  // To 4 over 1 or 8: 4 or 5 hops. Back over 5 or 3: 5 or 4 hops.
  const Placement placement_{
      .gateways = {0, 4}, .experts = {{{1}, {8}}, {{5}, {3}}}, .head = 0};
  double hop_ms_ = 0;
};

TEST_F(LapReplayOnARing, FollowsTheChosenExperts) {
  const LatencyParts near = Lap(placement_, {100, {4, 3}, {{0}, {0}}});
  EXPECT_NEAR(near.total_ms(), 9 * hop_ms_ + 4 + 3 + 2 * 1 + 2, 1e-2);
  EXPECT_NEAR(near.compute_ms, 11, 1e-9);
  EXPECT_NEAR(near.processing_ms, 9 * 0.3, 1e-9);
  const LatencyParts far = Lap(placement_, {100, {4, 3}, {{1}, {0}}});
  EXPECT_NEAR(far.total_ms() - near.total_ms(), hop_ms_, 1e-2);
}

TEST_F(LapReplayOnARing, AWholeLayerSendsItsResultAlone) {
  const Placement whole{
      .gateways = {0, 4}, .experts = {{{0}, {0}}, {{4}, {4}}}, .head = 0};
  const LatencyParts parts = Lap(whole, {0, {4, 3}, {{0}, {1}}});
  EXPECT_NEAR(parts.compute_ms, 11, 1e-9);
  EXPECT_NEAR(parts.processing_ms, 8 * 0.3, 1e-9);
  const double row_ms = 8e3 * static_cast<double>(problem_.model.output_bytes) /
                        sky_.links().rate_bps;
  EXPECT_NEAR(parts.serialization_ms, 8 * row_ms, 1e-12);
}

TEST_F(LapReplayOnARing, RefusesWhatIsNoLap) {
  auto replay = LapReplay::Create(problem_, placement_, sky_, options_);
  ASSERT_TRUE(replay.ok()) << replay.status();
  ExpectInvalid(replay->Evaluate({0, {1}, {{0}, {0}}}).status(),
                "expected 2 layers, found 1 compute times");
  ExpectInvalid(replay->Evaluate({0, {1, 1}, {{0}, {2}}}).status(),
                "layer 1: expert 2 of 2");
  ExpectInvalid(replay->Evaluate({0, {1, std::nan("")}, {{0}, {0}}}).status(),
                "layer 1: the gateway's compute must be finite");
}

TEST_F(LapReplayOnARing, RefusesAPlacementOfAnotherProblem) {
  const Placement placement{
      .gateways = {0}, .experts = {{{1}, {2}}}, .head = 0};
  ExpectInvalid(LapReplay::Create(problem_, placement, sky_, options_).status(),
                "");
}

// Weighted with their probabilities, the laps over all sets of experts are the
// evaluator's expectation.
TEST(LapReplay, AddsUpToTheExpectation) {
  const Constellation sky = Open("spacemoe-paper");
  const PlacementProblem problem = UniformProblem(1, 6, 2);
  const SolveOptions options{.slots = 1, .satellite_flops = 1e9};
  for (const char* strategy : {"random", "spacemoe"}) {
    const auto plan = Solve(strategy, problem, sky, options);
    ASSERT_TRUE(plan.ok() && plan->feasible()) << plan.status();
    auto replay = LapReplay::Create(problem, plan->placement, sky, options);
    ASSERT_TRUE(replay.ok()) << replay.status();
    const std::vector<SelectionLaw> laws = LayerLaws(problem, 0);
    double mean_ms = 0;
    for (const ExpertSet& set : laws[0].sets) {
      const auto parts = replay->Evaluate({500, {4}, {set.experts}});
      ASSERT_TRUE(parts.ok()) << parts.status();
      mean_ms += set.probability * parts->total_ms();
    }
    PlanEvaluator evaluator(problem, plan->placement, sky, options, laws);
    EXPECT_NEAR(mean_ms, evaluator.Evaluate(0, 500)->total().total_ms(), 1e-2)
        << strategy;
  }
}

}  // namespace
}  // namespace spacemoe
