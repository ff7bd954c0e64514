#include "cli/profile/activation_counter.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;

ModelConfig Config() {
  ModelConfig config;
  config.family = "mixtral";
  config.layers = 2;
  config.experts = 3;
  config.experts_per_token = 2;
  return config;
}

Routing Choose(int a, int b) { return {{a, 0.5f}, {b, 0.5f}}; }

TEST(ActivationCounter, CountsChoicesPairsAndTransitions) {
  ActivationCounter counter(Config());
  counter.Add(0, 1, 0, Choose(0, 1));
  counter.Add(0, 1, 1, Choose(0, 2));
  counter.Add(1, 1, 0, Choose(1, 2));
  counter.Add(1, 1, 1, Choose(0, 1));
  const auto profile = counter.Profile();
  ASSERT_TRUE(profile.ok()) << profile.status();
  EXPECT_TRUE(ValidateProfile(*profile).ok()) << ValidateProfile(*profile);
  EXPECT_EQ(profile->tokens, 2);
  EXPECT_THAT(profile->activation[0], ElementsAre(1, 0.5, 0.5));
  EXPECT_THAT(profile->activation[1], ElementsAre(0.5, 1, 0.5));
  EXPECT_THAT(profile->coactivation[0][0], ElementsAre(1, 0.5, 0.5));
  // (0, 1) -> (1, 2) and (0, 2) -> (0, 1).
  EXPECT_THAT(profile->transitions[0][0], ElementsAre(1, 2, 1));
  EXPECT_THAT(profile->transitions[0][1], ElementsAre(0, 1, 1));
  EXPECT_THAT(profile->transitions[0][2], ElementsAre(1, 1, 0));
}

TEST(ActivationCounter, HasNoProfileOfNothing) {
  EXPECT_TRUE(absl::IsFailedPrecondition(
      ActivationCounter(Config()).Profile().status()));
}

}  // namespace
}  // namespace spacemoe
