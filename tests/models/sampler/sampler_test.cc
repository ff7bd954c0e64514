#include "models/sampler/sampler.h"

#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

std::vector<double> Frequencies(const std::vector<float>& logits,
                                const SamplingOptions& options, int draws) {
  std::vector<double> frequencies(logits.size());
  for (int i = 0; i < draws; ++i) {
    frequencies[SampleToken(logits, options, i)] += 1.0 / draws;
  }
  return frequencies;
}

std::set<int64_t> Drawn(const std::vector<float>& logits,
                        const SamplingOptions& options) {
  std::set<int64_t> drawn;
  for (int i = 0; i < 2000; ++i) drawn.insert(SampleToken(logits, options, i));
  return drawn;
}

TEST(SampleToken, TakesTheBestWhenGreedy) {
  EXPECT_EQ(SampleToken({1.f, 3.f, 2.f}, {}, 0), 1);
}

TEST(SampleToken, TakesTheSmallestIdAmongEquals) {
  EXPECT_EQ(SampleToken({1.f, 3.f, 3.f}, {}, 0), 1);
}

TEST(SampleToken, NeverTakesNaN) {
  EXPECT_EQ(SampleToken({kNaN, 1.f, kNaN, 2.f}, {}, 0), 3);
  EXPECT_EQ(Drawn({kNaN, 1.f, kNaN, 2.f}, {.temperature = 1}),
            (std::set<int64_t>{1, 3}));
}

TEST(SampleToken, AnswersWhenNoLogitIsANumber) {
  EXPECT_EQ(SampleToken({kNaN, kNaN}, {}, 0), 0);
  EXPECT_EQ(SampleToken({kNaN, kNaN}, {.temperature = 1}, 0), 0);
}

TEST(SampleToken, TakesAnInfiniteLogit) {
  EXPECT_EQ(Drawn({1.f, kInf, 2.f}, {.temperature = 1}),
            (std::set<int64_t>{1}));
}

TEST(SampleToken, FollowsTheDistribution) {
  const std::vector<float> logits = {0.f, std::log(2.f), std::log(5.f)};
  const std::vector<double> f = Frequencies(logits, {.temperature = 1}, 40000);
  EXPECT_NEAR(f[0], 1 / 8.0, 0.01);
  EXPECT_NEAR(f[1], 2 / 8.0, 0.01);
  EXPECT_NEAR(f[2], 5 / 8.0, 0.01);
}

TEST(SampleToken, DividesByTheTemperature) {
  const std::vector<float> logits = {0.f, std::log(2.f)};
  const std::vector<double> f =
      Frequencies(logits, {.temperature = 0.5f}, 40000);
  EXPECT_NEAR(f[0], 1 / 5.0, 0.01);
}

TEST(SampleToken, KeepsTheTopK) {
  EXPECT_EQ(Drawn({1.f, 2.f, 0.f, 1.5f}, {.temperature = 1, .top_k = 2}),
            (std::set<int64_t>{1, 3}));
  EXPECT_EQ(Drawn({1.f, 1.f, 1.f}, {.temperature = 1, .top_k = 2}),
            (std::set<int64_t>{0, 1}));
  EXPECT_EQ(Drawn({1.f, 1.f}, {.temperature = 1, .top_k = 20}),
            (std::set<int64_t>{0, 1}));
}

TEST(SampleToken, KeepsTheSmallestSetThatReachesTopP) {
  const std::vector<float> logits = {std::log(.5f), std::log(.3f),
                                     std::log(.2f)};
  EXPECT_EQ(Drawn(logits, {.temperature = 1, .top_p = 0.4f}),
            (std::set<int64_t>{0}));
  EXPECT_EQ(Drawn(logits, {.temperature = 1, .top_p = 0.6f}),
            (std::set<int64_t>{0, 1}));
  EXPECT_EQ(Drawn(logits, {.temperature = 1, .top_p = 0.9f}),
            (std::set<int64_t>{0, 1, 2}));
}

// Top-p counts what top-k has left as the whole.
TEST(SampleToken, AppliesTopKBeforeTopP) {
  const std::vector<float> logits = {std::log(.4f), std::log(.3f),
                                     std::log(.3f)};
  EXPECT_EQ(Drawn(logits, {.temperature = 1, .top_k = 2, .top_p = 0.5f}),
            (std::set<int64_t>{0}));
}

TEST(SampleToken, RepeatsForTheSameSeedAndPosition) {
  std::vector<float> logits(100);
  const SamplingOptions options = {.temperature = 1, .seed = 3};
  int same_with_other_seed = 0;
  for (int i = 0; i < 100; ++i) {
    const int64_t token = SampleToken(logits, options, i);
    EXPECT_EQ(token, SampleToken(logits, options, i));
    same_with_other_seed +=
        token == SampleToken(logits, {.temperature = 1, .seed = 4}, i);
  }
  EXPECT_LT(same_with_other_seed, 10);
}

TEST(ValidateSampling, AcceptsTheDefaults) {
  EXPECT_TRUE(ValidateSampling({}, 8).ok());
}

TEST(ValidateSampling, RefusesValuesOutOfRange) {
  const SamplingOptions wrong[] = {
      {.temperature = -1},
      {.temperature = kNaN},
      {.temperature = kInf},
      {.top_k = -1},
      {.top_p = 0},
      {.top_p = 1.5f},
      {.top_p = kNaN},
      {.presence_penalty = kInf},
      {.frequency_penalty = kNaN},
      {.logit_bias = {{.token = 8, .bias = 1}}},
      {.logit_bias = {{.token = -1, .bias = 1}}},
      {.logit_bias = {{.token = 0, .bias = kNaN}}},
  };
  for (const SamplingOptions& options : wrong) {
    EXPECT_EQ(ValidateSampling(options, 8).code(),
              absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace spacemoe
