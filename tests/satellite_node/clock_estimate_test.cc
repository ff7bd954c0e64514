#include "satellite_node/clock_estimate.h"

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

TEST(ClockEstimate, TakesTheShortestRoundTrip) {
  ClockEstimate estimate;
  estimate.StartRound();
  estimate.Add(/*sent_ns=*/1000, /*other_ns=*/6000, /*received_ns=*/3000);
  estimate.Add(4000, 9100, 4200);
  estimate.Add(5000, 10900, 7000);
  EXPECT_FALSE(estimate.known());
  estimate.EndRound();
  ASSERT_TRUE(estimate.known());
  EXPECT_EQ(estimate.offset_ns(), 5000);  // 9100 - 4100
  EXPECT_EQ(estimate.uncertainty_ns(), 100);
}

TEST(ClockEstimate, HoldsTheTruthHoweverUnevenTheWays) {
  constexpr int64_t kOffset = -123456;
  for (int64_t there : {0, 10, 700}) {
    for (int64_t back : {0, 10, 700}) {
      ClockEstimate estimate;
      estimate.StartRound();
      estimate.Add(1000, 1000 + there + kOffset, 1000 + there + back);
      estimate.EndRound();
      EXPECT_LE(std::abs(estimate.offset_ns() - kOffset),
                estimate.uncertainty_ns() + 1);
    }
  }
}

TEST(ClockEstimate, StaysWhereALaterRoundDoesNotContradict) {
  ClockEstimate estimate;
  estimate.StartRound();
  estimate.Add(0, 5050, 100);
  estimate.EndRound();
  EXPECT_EQ(estimate.offset_ns(), 5000);
  estimate.StartRound();
  estimate.Add(0, 5090, 100);  // 5040, give or take 50
  estimate.EndRound();
  EXPECT_EQ(estimate.offset_ns(), 5000);
  EXPECT_EQ(estimate.uncertainty_ns(), 90);
}

TEST(ClockEstimate, FollowsADrift) {
  ClockEstimate estimate;
  for (int64_t drift = 0; drift <= 1000; drift += 100) {
    estimate.StartRound();
    estimate.Add(0, 5010 + drift, 20);
    estimate.EndRound();
  }
  EXPECT_GE(estimate.offset_ns(), 5990);
  EXPECT_LE(estimate.offset_ns(), 6000);
}

TEST(ClockEstimate, IgnoresAnswersFromTheFuture) {
  ClockEstimate estimate;
  estimate.StartRound();
  estimate.Add(100, 5000, 50);
  estimate.EndRound();
  EXPECT_FALSE(estimate.known());
}

}  // namespace
}  // namespace spacemoe
