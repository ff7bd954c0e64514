#include "satellite_node/resource_limits.h"

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

TEST(PrepareLimits, LetsAFewSatellitesLive) {
  const absl::Status status = PrepareLimits(3);
  EXPECT_TRUE(status.ok()) << status;
}

TEST(PrepareLimits, NamesTheLimitThatIsTooLow) {
  const absl::Status status = PrepareLimits(100'000'000);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_NE(status.message().find("is too low for 100000000 satellites"),
            std::string::npos)
      << status;
}

}  // namespace
}  // namespace spacemoe
