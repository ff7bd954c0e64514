#include "models/sampler/sequence_sampler.h"

#include <cmath>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;

constexpr float kInf = std::numeric_limits<float>::infinity();

std::vector<int64_t> Draws(const std::vector<float>& logits,
                           const SamplingOptions& options, int count) {
  SequenceSampler sampler(options, std::nullopt);
  std::vector<int64_t> tokens;
  for (int i = 0; i < count; ++i)
    tokens.push_back(sampler.Draw(logits, i).token);
  return tokens;
}

TEST(SequenceSampler, PenalisesPresenceOnce) {
  // 3.0 - 0.75 stays below 2.5, however often it has come.
  EXPECT_THAT(Draws({3.0f, 2.5f, 2.0f}, {.presence_penalty = 0.75f}, 4),
              ElementsAre(0, 1, 0, 0));
}

TEST(SequenceSampler, PenalisesEachOccurrence) {
  EXPECT_THAT(Draws({3.0f, 2.5f, 0.0f}, {.frequency_penalty = 0.75f}, 5),
              ElementsAre(0, 1, 0, 1, 0));
}

TEST(SequenceSampler, NegativePenaltiesFavourWhatCameBefore) {
  EXPECT_THAT(Draws({1.0f, 1.0f}, {.frequency_penalty = -1.0f}, 3),
              ElementsAre(0, 0, 0));
}

TEST(SequenceSampler, AddsBiases) {
  EXPECT_THAT(Draws({3, 2, 1}, {.logit_bias = {{.token = 2, .bias = 5}}}, 2),
              ElementsAre(2, 2));
  EXPECT_THAT(Draws({3, 2, 1}, {.logit_bias = {{.token = 0, .bias = -100}}}, 1),
              ElementsAre(1));
}

TEST(SequenceSampler, TellsLogprobsOfTheModelsOwnLogits) {
  const std::vector<float> logits = {std::log(0.5f), std::log(0.2f),
                                     std::log(0.3f)};
  SequenceSampler sampler({.logit_bias = {{.token = 1, .bias = 10}}}, 2);
  const DrawnToken drawn = sampler.Draw(logits, 0);
  EXPECT_EQ(drawn.token, 1);
  ASSERT_TRUE(drawn.logprobs.has_value());
  EXPECT_NEAR(drawn.logprobs->logprob, std::log(0.2), 1e-6);
  ASSERT_EQ(drawn.logprobs->top.size(), 2);
  EXPECT_EQ(drawn.logprobs->top[0].token, 0);
  EXPECT_NEAR(drawn.logprobs->top[0].logprob, std::log(0.5), 1e-6);
  EXPECT_EQ(drawn.logprobs->top[1].token, 2);
}

TEST(LogprobsOf, AddUpToOne) {
  std::vector<float> logits;
  for (int i = 0; i < 20; ++i) logits.push_back(std::sin(i) * 30);
  double sum = 0;
  for (const TokenLogprob& entry : LogprobsOf(logits, 3, 20).top)
    sum += std::exp(entry.logprob);
  EXPECT_NEAR(sum, 1, 1e-6);
}

TEST(LogprobsOf, StandsInfiniteLogits) {
  const TokenLogprobs logprobs = LogprobsOf({0, kInf, -kInf}, 1, 3);
  EXPECT_EQ(logprobs.logprob, 0);
  ASSERT_EQ(logprobs.top.size(), 2);  // minus infinity cannot be drawn
  EXPECT_EQ(logprobs.top[1].logprob, -kInf);
}

TEST(ValidateLogprobs, AcceptsZeroToTwenty) {
  EXPECT_TRUE(ValidateLogprobs(0).ok());
  EXPECT_TRUE(ValidateLogprobs(20).ok());
  EXPECT_FALSE(ValidateLogprobs(21).ok());
  EXPECT_FALSE(ValidateLogprobs(-1).ok());
}

}  // namespace
}  // namespace spacemoe
