#include "models/engine/routing.h"

#include <cmath>
#include <limits>
#include <vector>

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Routing RouteLogits(const RoutingRule& rule, int64_t top_k,
                    std::vector<float> logits,
                    const std::vector<float>& correction = {}) {
  const auto arithmetic = MakeNativeArithmetic(/*bfloat16=*/false, nullptr);
  const RouterShape shape = {rule, static_cast<int64_t>(logits.size()), top_k,
                             correction.empty() ? nullptr : correction.data()};
  return Route(shape, *arithmetic, logits.data());
}

Routing RouteLogits(RoutingKind kind, int64_t top_k,
                    std::vector<float> logits) {
  return RouteLogits(RoutingRule{.kind = kind}, top_k, std::move(logits));
}

TEST(Route, SoftmaxesTheChosenLogits) {
  const Routing routing =
      RouteLogits(RoutingKind::kTopKSoftmax, 2, {0, std::log(3.f), -1, 0.5f});
  ASSERT_EQ(routing.size(), 2);
  EXPECT_EQ(routing[0].expert, 1);
  EXPECT_EQ(routing[1].expert, 3);
  const float e = std::exp(0.5f);
  EXPECT_NEAR(routing[0].weight, 3 / (3 + e), 1e-6);
  EXPECT_NEAR(routing[1].weight, e / (3 + e), 1e-6);
}

TEST(Route, RenormalisesTheChosenProbabilities) {
  const RoutingRule rule = {.kind = RoutingKind::kSoftmaxTopK,
                            .renormalise = true};
  const Routing routing =
      RouteLogits(rule, 2, {std::log(2.f), 0, std::log(5.f)});
  ASSERT_EQ(routing.size(), 2);
  EXPECT_EQ(routing[0].expert, 0);
  EXPECT_EQ(routing[1].expert, 2);
  EXPECT_NEAR(routing[0].weight, 2 / 7.0, 1e-6);
  EXPECT_NEAR(routing[1].weight, 5 / 7.0, 1e-6);
}

// The bias decides who is chosen, and no more.
TEST(Route, LetsABiasCompete) {
  const RoutingRule rule = {
      .kind = RoutingKind::kSigmoidTopK, .correction_bias = true, .scale = 2};
  const Routing routing = RouteLogits(rule, 2, {0, 1, 2, -1}, {0, 0, -1, 1});
  EXPECT_EQ(routing[0].expert, 1);
  EXPECT_EQ(routing[1].expert, 3);
  EXPECT_NEAR(routing[0].weight, 2 / (1 + std::exp(-1.0)), 1e-6);
  EXPECT_NEAR(routing[1].weight, 2 / (1 + std::exp(1.0)), 1e-6);
}

// By their two best, the last group wins, though the first has the best.
TEST(Route, KeepsTheBestGroups) {
  const RoutingRule rule = {.kind = RoutingKind::kSigmoidTopK,
                            .groups = 3,
                            .kept_groups = 1,
                            .group_best = 2};
  const Routing routing = RouteLogits(rule, 2, {5, -9, 0, 0, 2, 1});
  EXPECT_EQ(routing[0].expert, 4);
  EXPECT_EQ(routing[1].expert, 5);
}

TEST(Route, KeepsASumFromVanishing) {
  const RoutingRule rule = {
      .kind = RoutingKind::kSoftmaxTopK, .renormalise = true, .sum_minimum = 4};
  EXPECT_NEAR(RouteLogits(rule, 1, {0, 0})[0].weight, 0.5 / 4, 1e-6);
}

TEST(Route, WeighsEachTurnOfSparseMixerAmongItsNeighbours) {
  const RoutingRule rule = {.kind = RoutingKind::kSparseMixer, .jitter = 0.1};
  // Within 20 % of 4: 3.5. Of 3.5, once 4 is taken: 3 only.
  const Routing routing = RouteLogits(rule, 2, {3.5f, 1, 4, 3});
  EXPECT_EQ(routing[0].expert, 0);
  EXPECT_EQ(routing[1].expert, 2);
  EXPECT_NEAR(routing[0].weight, 1 / (1 + std::exp(-0.5)), 1e-6);
  EXPECT_NEAR(routing[1].weight, 1 / (1 + std::exp(-0.5)), 1e-6);
}

TEST(Route, TakesTheSmallerIdAmongEquals) {
  const Routing routing =
      RouteLogits(RoutingKind::kTopKSoftmax, 2, {1, 2, 2, 2});
  EXPECT_EQ(routing[0].expert, 1);
  EXPECT_EQ(routing[1].expert, 2);
}

TEST(Route, TakesNaNLast) {
  const Routing routing =
      RouteLogits(RoutingKind::kTopKSoftmax, 2, {kNaN, 1, kNaN, 0});
  EXPECT_EQ(routing[0].expert, 1);
  EXPECT_EQ(routing[1].expert, 3);
}

TEST(Route, GivesDistinctExpertsWhateverTheLogits) {
  const Routing routing =
      RouteLogits(RoutingKind::kTopKSoftmax, 3, {kNaN, kNaN, kNaN});
  ASSERT_EQ(routing.size(), 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(routing[i].expert, i);
}

}  // namespace
}  // namespace spacemoe
