#include "runtime/base/clock.h"

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

TEST(MonotonicClock, CountsFromTheEpoch) {
  const int64_t before = MonotonicNanos();
  const MonotonicClock clock(before, 1.0);
  const int64_t now = clock.Now();
  EXPECT_GE(now, 0);
  EXPECT_LE(now, MonotonicNanos() - before);
}

TEST(MonotonicClock, ScalesWallTime) {
  const int64_t epoch = MonotonicNanos() - 1'000'000'000;
  const MonotonicClock slow(epoch, 0.25);
  const int64_t wall = MonotonicNanos() - epoch;
  EXPECT_GE(slow.Now(), wall / 4);
  EXPECT_LT(slow.Now(), MonotonicNanos() - epoch);
}

TEST(MonotonicClock, ToMonotonicInvertsTheScale) {
  const MonotonicClock clock(5'000, 0.5);
  EXPECT_EQ(clock.ToMonotonic(1'000), 5'000 + 2'000);
  EXPECT_EQ(MonotonicClock(5'000, 1.0).ToMonotonic(1'000), 6'000);
}

TEST(MonotonicClock, MeasuresOwnCpuTime) {
  const MonotonicClock clock(0, 1.0);
  const int64_t start = clock.ThreadCpu();
  volatile int64_t sum = 0;
  while (clock.ThreadCpu() - start < 100'000) sum = sum + 1;
  EXPECT_GT(sum, 0);
}

TEST(ManualClock, MovesOnlyWhenTold) {
  ManualClock clock;
  EXPECT_EQ(clock.Now(), 0);
  clock.Set(7);
  clock.AddCpu(3);
  EXPECT_EQ(clock.Now(), 7);
  EXPECT_EQ(clock.ThreadCpu(), 3);
}

}  // namespace
}  // namespace spacemoe
