#include "satellite_node/loss_watch.h"

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1000);

TEST(LossWatch, IsQuietWithoutLosses) {
  LossWatch watch;
  EXPECT_EQ(watch.deadline(), absl::InfiniteFuture());
  EXPECT_FALSE(watch.Due(kNow).has_value());
}

TEST(LossWatch, GivesTheCoordinatorTimeToNoticeADeadPeer) {
  LossWatch watch;
  watch.Add({17, absl::UnavailableError("reset")}, kNow);
  EXPECT_FALSE(watch.Due(kNow + absl::Milliseconds(999)).has_value());
  const auto loss = watch.Due(watch.deadline());
  ASSERT_TRUE(loss.has_value());
  EXPECT_EQ(loss->code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(loss->message().find("satellite 17"), std::string::npos);
  EXPECT_FALSE(watch.Due(kNow + absl::Hours(1)).has_value());
}

TEST(LossWatch, ReportsAPeerThatRefusesAtOnce) {
  LossWatch watch;
  watch.Add({17, absl::InvalidArgumentError("not for me")}, kNow);
  EXPECT_TRUE(watch.Due(kNow).has_value());
}

TEST(LossWatch, TheFirstLossCounts) {
  LossWatch watch;
  watch.Add({17, absl::UnavailableError("reset")}, kNow);
  watch.Add({18, absl::UnavailableError("reset")}, kNow);
  EXPECT_NE(watch.Due(watch.deadline())->message().find("satellite 17"),
            std::string::npos);
}

}  // namespace
}  // namespace spacemoe
