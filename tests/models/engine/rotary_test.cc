#include "models/engine/rotary.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

ModelConfig Config() {
  ModelConfig config;
  config.head_dim = 8;
  config.rope_theta = 10000;
  return config;
}

TEST(Rotary, HasTheFrequenciesOfThePaper) {
  const Rotary rotary(Config(), false);
  ASSERT_EQ(rotary.half_dim(), 4);
  for (int i = 0; i < 4; ++i) {
    EXPECT_NEAR(rotary.inverse_frequencies()[i], std::pow(10000, -i / 4.0),
                1e-6);
  }
}

TEST(Rotary, TurnsByPositionTimesFrequency) {
  Rotary rotary(Config(), false);
  std::vector<float> cos(4);
  std::vector<float> sin(4);
  rotary.Angles(3, 4, cos.data(), sin.data());
  EXPECT_NEAR(cos[0], std::cos(3.0), 1e-6);
  EXPECT_NEAR(sin[1], std::sin(0.3), 1e-6);
}

TEST(Rotary, DividesByTheFactorWhenLinear) {
  ModelConfig config = Config();
  config.rope_scaling = {.type = RopeType::kLinear, .factor = 4};
  EXPECT_NEAR(Rotary(config, false).inverse_frequencies()[1], 0.1 / 4, 1e-7);
}

// Wavelengths: 2 pi / {1, 0.1, 0.01, 0.001}, about 6, 63, 628 and 6283.
TEST(Rotary, InterpolatesTheMiddleWavelengthsOfLlama3) {
  ModelConfig config = Config();
  config.rope_scaling = {.type = RopeType::kLlama3,
                         .factor = 8,
                         .low_freq_factor = 1,
                         .high_freq_factor = 4,
                         .original_max_positions = 1000};
  const Rotary rotary(config, false);
  const std::vector<float>& inverse = rotary.inverse_frequencies();
  EXPECT_FLOAT_EQ(inverse[0], 1);
  EXPECT_FLOAT_EQ(inverse[1], 0.1f);
  EXPECT_NEAR(inverse[3], 0.001 / 8, 1e-9);
  const double smooth = (1000 / (200 * M_PI) - 1) / 3;
  EXPECT_NEAR(inverse[2], (1 - smooth) * 0.01 / 8 + smooth * 0.01, 1e-8);
}

// dimension(r) = 8 ln(1000 / (2 pi r)) / (2 ln 10000): 0.70 for r = 32 and
// 2.20 for r = 1; truncated 0 and 3.
TEST(Rotary, RampsBetweenTheDimensionsOfYarn) {
  ModelConfig config = Config();
  config.rope_scaling = {
      .type = RopeType::kYarn, .factor = 4, .original_max_positions = 1000};
  const Rotary rotary(config, false);
  for (int i = 0; i < 4; ++i) {
    const double plain = std::pow(10000, -i / 4.0);
    const double ramp = std::min(1.0, i / 3.0);
    EXPECT_NEAR(rotary.inverse_frequencies()[i], plain * (ramp / 4 + 1 - ramp),
                1e-6 * plain);
  }
  EXPECT_NEAR(rotary.attention_factor(), 0.1 * std::log(4.0) + 1, 1e-6);
}

TEST(Rotary, TakesYarnsAttentionFactorAsGiven) {
  ModelConfig config = Config();
  config.rope_scaling = {
      .type = RopeType::kYarn, .factor = 4, .original_max_positions = 1000};
  config.rope_scaling.mscale = 1;
  config.rope_scaling.mscale_all_dim = 1;
  EXPECT_NEAR(Rotary(config, false).attention_factor(), 1, 1e-6);
  config.rope_scaling.attention_factor = 1.5;
  EXPECT_NEAR(Rotary(config, false).attention_factor(), 1.5, 1e-6);
}

TEST(Rotary, RoundsToBFloat16) {
  Rotary rotary(Config(), true);
  std::vector<float> cos(4);
  std::vector<float> sin(4);
  rotary.Angles(1, 2, cos.data(), sin.data());
  EXPECT_EQ(cos[0], 0.5390625f);  // cos 1 = 0.54030
}

}  // namespace
}  // namespace spacemoe
