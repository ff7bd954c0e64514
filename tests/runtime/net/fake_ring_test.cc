#include "runtime/net/fake_ring.h"

#include "gtest/gtest.h"
#include "tests/runtime/test_packet.h"

namespace spacemoe {
namespace {

TEST(FakeRing, DeliversInOrder) {
  FakeRing ring;
  std::vector<float> firsts;
  ring.Listen(2, [&](Packet packet) {
    firsts.push_back(packet.values[0]);
    return absl::OkStatus();
  });
  auto sender = ring.Connect(2, nullptr);
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(sender->Send(TestPacket(1, 2, i)).ok());
  EXPECT_EQ(firsts, (std::vector<float>{0, 1, 2, 3, 4}));
}

TEST(FakeRing, BreakTellsEverySenderOnce) {
  FakeRing ring;
  ring.Listen(2, [](Packet) { return absl::OkStatus(); });
  int told = 0;
  auto count = [&](uint32_t peer, const absl::Status& reason) {
    EXPECT_EQ(peer, 2u);
    EXPECT_EQ(reason.code(), absl::StatusCode::kUnavailable);
    ++told;
  };
  auto first = ring.Connect(2, count);
  auto second = ring.Connect(2, count);
  ring.Break(2, absl::UnavailableError("gone"));
  ring.Break(2, absl::UnavailableError("gone"));
  EXPECT_EQ(told, 2);
  EXPECT_TRUE(first->Send(TestPacket(1, 2)).ok());
}

TEST(FakeRing, ARefusedPacketBreaksTheStream) {
  FakeRing ring;
  ring.Listen(2,
              [](Packet) { return absl::InvalidArgumentError("not for me"); });
  absl::Status told;
  auto sender = ring.Connect(
      2, [&](uint32_t, const absl::Status& reason) { told = reason; });
  ASSERT_TRUE(sender->Send(TestPacket(1, 2)).ok());
  EXPECT_EQ(told.code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace spacemoe
