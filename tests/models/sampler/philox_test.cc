#include "models/sampler/philox.h"

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

// The known answers of Random123's kat_vectors.
TEST(Philox, GivesKnownAnswersForZeros) {
  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}),
            (PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
}

TEST(Philox, GivesKnownAnswersForOnes) {
  constexpr uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(Philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
}

TEST(Philox, GivesKnownAnswersForPi) {
  EXPECT_EQ(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                       {0xa4093822, 0x299f31d0}),
            (PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(UniformAt, StaysInTheUnitInterval) {
  double sum = 0;
  constexpr int kDraws = 10000;
  for (int i = 0; i < kDraws; ++i) {
    const double value = UniformAt(7, i);
    ASSERT_GE(value, 0.0);
    ASSERT_LT(value, 1.0);
    sum += value;
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 0.02);
}

TEST(UniformAt, DependsOnAllBitsOfSeedAndPosition) {
  EXPECT_NE(UniformAt(1, 0), UniformAt(2, 0));
  EXPECT_NE(UniformAt(1, 0), UniformAt(1 | uint64_t{1} << 40, 0));
  EXPECT_NE(UniformAt(1, 0), UniformAt(1, 1));
  EXPECT_NE(UniformAt(1, 0), UniformAt(1, int64_t{1} << 40));
}

}  // namespace
}  // namespace spacemoe
