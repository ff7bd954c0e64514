#include "placement/counter_rng.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

// Values fixed once: every platform must give them.
TEST(CounterRng, GivesTheSameNumbersEverywhere) {
  CounterRng rng(1, 2);
  EXPECT_EQ(rng.Next(), 13782664598465056799u);
  EXPECT_EQ(rng.Next(), 11049924693891846907u);
  std::vector<int> items = {0, 1, 2, 3, 4, 5, 6, 7};
  rng.Shuffle(&items);
  EXPECT_THAT(items, ::testing::ElementsAre(3, 6, 1, 2, 5, 4, 7, 0));
}

TEST(CounterRng, DiffersBySeedAndStream) {
  std::set<uint64_t> first;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    for (uint64_t stream = 0; stream < 20; ++stream) {
      first.insert(CounterRng(seed, stream).Next());
    }
  }
  EXPECT_EQ(first.size(), 400u);
}

TEST(CounterRng, StaysBelowItsBoundEvenly) {
  CounterRng rng(7);
  std::vector<int> counts(6, 0);
  for (int i = 0; i < 60'000; ++i) ++counts[rng.Below(6)];
  for (int count : counts) EXPECT_NEAR(count, 10'000, 500);
  EXPECT_EQ(rng.Below(1), 0u);
}

TEST(CounterRng, DrawsFromTheUnitInterval) {
  CounterRng rng(3);
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double draw = rng.Uniform();
    EXPECT_GE(draw, 0);
    EXPECT_LT(draw, 1);
    sum += draw;
  }
  EXPECT_NEAR(sum / 10'000, 0.5, 0.02);
}

TEST(CounterRng, ShufflesIntoAPermutation) {
  std::vector<int> items(100);
  std::iota(items.begin(), items.end(), 0);
  std::vector<int> shuffled = items;
  CounterRng(5).Shuffle(&shuffled);
  EXPECT_NE(shuffled, items);
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(shuffled, items);
}

}  // namespace
}  // namespace spacemoe
