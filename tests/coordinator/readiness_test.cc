#include "coordinator/core/readiness.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

class ReadinessTest : public ::testing::Test {
 protected:
  Readiness readiness_{
      {.interval = absl::Seconds(10), .timeout = absl::Seconds(30)}};
};

TEST_F(ReadinessTest, TokensThatFlowAreProof) {
  for (int64_t s = 0; s < 100; s += 5) {
    readiness_.OnToken(s * kSecond);
    EXPECT_FALSE(readiness_.Check((s + 1) * kSecond));
    EXPECT_TRUE(readiness_.Status((s + 1) * kSecond).ok());
  }
}

TEST_F(ReadinessTest, ASilentRingIsAskedOnce) {
  readiness_.OnToken(0);
  EXPECT_TRUE(readiness_.Check(10 * kSecond));
  EXPECT_FALSE(readiness_.Check(20 * kSecond)) << "it has been asked already";
  readiness_.OnToken(21 * kSecond);
  readiness_.OnProbeEnded();
  EXPECT_FALSE(readiness_.Check(30 * kSecond));
  EXPECT_TRUE(readiness_.Check(31 * kSecond));
}

TEST_F(ReadinessTest, ARingThatDoesNotAnswerIsNotReady) {
  readiness_.OnToken(0);
  EXPECT_TRUE(readiness_.Check(10 * kSecond));
  readiness_.Check(39 * kSecond);
  EXPECT_TRUE(readiness_.Status(39 * kSecond).ok());
  readiness_.Check(40 * kSecond);
  const absl::Status status = readiness_.Status(41 * kSecond);
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()),
              ::testing::HasSubstr("41 seconds"));
  // Any token is proof.
  readiness_.OnToken(50 * kSecond);
  EXPECT_TRUE(readiness_.Status(50 * kSecond).ok());
}

TEST_F(ReadinessTest, OthersTokensCountWhileItWaitsForItsOwn) {
  readiness_.OnToken(0);
  EXPECT_TRUE(readiness_.Check(10 * kSecond));
  readiness_.OnToken(35 * kSecond);
  readiness_.Check(45 * kSecond);
  EXPECT_TRUE(readiness_.Status(45 * kSecond).ok());
}

}  // namespace
}  // namespace spacemoe
