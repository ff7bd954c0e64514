#include "runtime/trace/latency_summary.h"

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

TEST(LatencySummary, IsZeroWithoutValues) {
  EXPECT_EQ(Summarize({}).mean, 0);
  EXPECT_EQ(Summarize({}).p99, 0);
}

TEST(LatencySummary, TakesTheNearestRank) {
  std::vector<double> values;
  for (int i = 100; i >= 1; --i) values.push_back(i);
  const LatencySummary summary = Summarize(values);
  EXPECT_DOUBLE_EQ(summary.mean, 50.5);
  EXPECT_EQ(summary.p50, 50);
  EXPECT_EQ(summary.p95, 95);
  EXPECT_EQ(summary.p99, 99);
  EXPECT_EQ(summary.max, 100);
}

TEST(LatencySummary, OneValueIsEveryPercentile) {
  const LatencySummary summary = Summarize({7});
  EXPECT_EQ(summary.mean, 7);
  EXPECT_EQ(summary.p50, 7);
  EXPECT_EQ(summary.p99, 7);
}

}  // namespace
}  // namespace spacemoe
