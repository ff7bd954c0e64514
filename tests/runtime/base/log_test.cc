#include "runtime/base/log.h"

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

TEST(Log, ParsesLevels) {
  EXPECT_EQ(ParseLogLevel("debug"), LogLevel::kDebug);
  EXPECT_EQ(ParseLogLevel("info"), LogLevel::kInfo);
  EXPECT_EQ(ParseLogLevel("error"), LogLevel::kError);
  EXPECT_EQ(ParseLogLevel("nonsense"), LogLevel::kError);
}

TEST(Log, WritesOneLineWithItsPrefix) {
  SetLogPrefix("spacemoe-satellite[layer 3 gateway]");
  testing::internal::CaptureStderr();
  LogError("it broke");
  LogDebug("nobody reads this");
  SetLogPrefix("");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "spacemoe-satellite[layer 3 gateway]: it broke\n");
}

}  // namespace
}  // namespace spacemoe
