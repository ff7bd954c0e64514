#include "coordinator/core/warm_up_prompt.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr int64_t kToken = 7;

SessionLimits Limits(int64_t context, int64_t kv_bytes) {
  SessionLimits limits;
  limits.request.context = context;
  limits.kv_bytes_per_position = 10;
  limits.kv_bytes = kv_bytes;
  return limits;
}

TEST(WarmUpPromptTest, IsAStepsRowsOfOneToken) {
  EXPECT_THAT(WarmUpPrompt(kToken, Limits(2048, 0), false),
              AllOf(SizeIs(64), Each(kToken)));
}

TEST(WarmUpPromptTest, LeavesAPositionForTheTokenThatComesOut) {
  EXPECT_THAT(WarmUpPrompt(kToken, Limits(64, 0), false), SizeIs(63));
}

TEST(WarmUpPromptTest, FitsTheCaches) {
  EXPECT_THAT(WarmUpPrompt(kToken, Limits(2048, 109), false), SizeIs(9));
}

TEST(WarmUpPromptTest, IsNeverEmpty) {
  EXPECT_THAT(WarmUpPrompt(kToken, Limits(1, 0), false), SizeIs(1));
  EXPECT_THAT(WarmUpPrompt(kToken, Limits(2048, 1), false), SizeIs(1));
}

TEST(WarmUpPromptTest, IsOneTokenWhereRowsCostEmulatedTime) {
  EXPECT_THAT(WarmUpPrompt(kToken, Limits(2048, 0), true), ElementsAre(kToken));
}

}  // namespace
}  // namespace spacemoe
