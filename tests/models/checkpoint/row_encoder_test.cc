#include "models/checkpoint/row_encoder.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"
#include "models/tensor/half.h"

namespace spacemoe {
namespace {

TEST(FloatToHalf, InvertsHalfToFloat) {
  for (std::uint32_t bits = 0; bits < 0x10000u; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = HalfToFloat(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(HalfToFloat(FloatToHalf(value))));
    } else {
      EXPECT_EQ(FloatToHalf(value), half);
    }
  }
}

TEST(FloatToHalf, RoundsTiesToEven) {
  EXPECT_EQ(FloatToHalf(1.0f + 0x1p-11f), 0x3c00);
  EXPECT_EQ(FloatToHalf(1.0f + 0x3p-11f), 0x3c02);
  EXPECT_EQ(FloatToHalf(std::nextafter(1.0f + 0x1p-11f, 2.0f)), 0x3c01);
  EXPECT_EQ(FloatToHalf(0x1p-25f), 0);  // half of the least subnormal
  EXPECT_EQ(FloatToHalf(0x3p-25f), 2);
  EXPECT_EQ(FloatToHalf(-0x1p-24f), 0x8001);
}

TEST(FloatToHalf, OverflowsToInfinity) {
  EXPECT_EQ(FloatToHalf(65504.0f), 0x7bff);
  EXPECT_EQ(FloatToHalf(std::nextafter(65520.0f, 0.0f)), 0x7bff);
  EXPECT_EQ(FloatToHalf(65520.0f), 0x7c00);
  EXPECT_EQ(FloatToHalf(-std::numeric_limits<float>::infinity()), 0xfc00);
}

}  // namespace
}  // namespace spacemoe
