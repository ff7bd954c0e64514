#include "placement/synthetic_profile.h"

#include <algorithm>
#include <numeric>

#include "gtest/gtest.h"
#include "placement/model_dimensions.h"
#include "tests/placement/status_check.h"

namespace spacemoe {
namespace {

TEST(SyntheticProfile, IsAValidProfile) {
  for (int top_k : {1, 2, 5, 8}) {
    const auto profile = MakeSyntheticProfile({.top_k = top_k});
    ASSERT_TRUE(profile.ok()) << profile.status();
    EXPECT_TRUE(ValidateProfile(*profile).ok()) << ValidateProfile(*profile);
  }
  EXPECT_TRUE(MakeSyntheticProfile({.experts = 64, .top_k = 8}).ok());
}

// The mean of the largest and smallest probability of a layer.
TEST(SyntheticProfile, IsAsSkewedAsItSays) {
  const auto spread = [](double skew) {
    const auto profile =
        MakeSyntheticProfile({.layers = 2000, .skew = skew, .seed = 5});
    double most = 0, least = 0;
    for (const auto& layer : profile->activation) {
      most += *std::max_element(layer.begin(), layer.end()) / 2000;
      least += *std::min_element(layer.begin(), layer.end()) / 2000;
    }
    return std::pair(most, least);
  };
  EXPECT_NEAR(spread(0.4).first, 0.385, 0.02);
  EXPECT_NEAR(spread(0.4).second, 0.147, 0.02);
  EXPECT_NEAR(spread(1.0).first, 0.58, 0.03);
  EXPECT_NEAR(spread(1.0).second, 0.05, 0.02);
  EXPECT_NEAR(spread(0).first, 0.25, 1e-9);
}

TEST(SyntheticProfile, DependsOnItsSeedAlone) {
  const auto one = MakeSyntheticProfile({.seed = 1});
  EXPECT_EQ(one->activation, MakeSyntheticProfile({.seed = 1})->activation);
  EXPECT_NE(one->activation, MakeSyntheticProfile({.seed = 2})->activation);
}

TEST(SyntheticProfile, RefusesWhatIsOutOfRange) {
  ExpectInvalid(MakeSyntheticProfile({.top_k = 9}).status(), "top-9 of 8");
  ExpectInvalid(MakeSyntheticProfile({.skew = -1}).status(), "skew");
  ExpectInvalid(
      MakeSyntheticProfile({.experts = 64, .top_k = 8, .coupling = 1}).status(),
      "sets of 8 of 64");
}

// 36.3 TFLOP for a forward pass of 4,096 tokens, as the paper states.
TEST(ModelDimensions, ReproduceThePapersModel) {
  const auto shape = ShapeOfDimensions({.keys = 4096});
  ASSERT_TRUE(shape.ok()) << shape.status();
  double flops = shape->head.flops;
  for (const LayerShape& layer : shape->layers) {
    flops += layer.gateway.flops + layer.top_k * layer.expert.flops;
  }
  EXPECT_NEAR(flops * 4096 / 1e12, 36.3, 0.05);
  EXPECT_EQ(shape->layers[0].expert.bytes, 33'816'576);
  ExpectInvalid(ShapeOfDimensions({.hidden = 0}).status(), "hidden 0");
}

}  // namespace
}  // namespace spacemoe
