// A server and senders in one process, over real sockets.
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/net/peer_sender.h"
#include "runtime/net/ring_server.h"
#include "runtime/net/server_host.h"
#include "tests/runtime/test_packet.h"

namespace spacemoe {
namespace {

// Collects what arrives.
class Inbox {
 public:
  absl::Status Take(Packet packet) {
    const std::lock_guard lock(mutex_);
    if (packet.layer == kRefused) {
      return absl::InvalidArgumentError("not for me");
    }
    packets_.push_back(std::move(packet));
    arrived_.notify_all();
    return absl::OkStatus();
  }
  std::vector<Packet> WaitFor(size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return packets_.size() >= count; });
    return packets_;
  }

  static constexpr uint32_t kRefused = 999;

 private:
  std::mutex mutex_;
  std::vector<Packet> packets_;
  std::condition_variable arrived_;
};

// The first break of a peer.
class Breaks {
 public:
  BrokenHandler handler() {
    return [this](uint32_t peer, const absl::Status& reason) {
      const std::lock_guard lock(mutex_);
      told_ = Break{peer, reason};
      changed_.notify_all();
    };
  }
  absl::Status Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return told_.has_value(); });
    return told_->reason;
  }
  bool told() {
    const std::lock_guard lock(mutex_);
    return told_.has_value();
  }
  uint32_t peer() {
    const std::lock_guard lock(mutex_);
    return told_->peer;
  }

 private:
  struct Break {
    uint32_t peer;
    absl::Status reason;
  };

  std::mutex mutex_;
  std::optional<Break> told_;
  std::condition_variable changed_;
};

class RingStreamTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string address =
        absl::StrCat(GetParam(), GetParam()[0] == 'u' ? getpid() : 0);
    auto host = ServerHost::Start({.address = address, .looped = {&ring_}});
    ASSERT_TRUE(host.ok()) << host.status();
    host_ = *std::move(host);
  }

  std::unique_ptr<PeerSender> Connect() {
    auto senders =
        ConnectPeers({{7, host_->address()}}, &loop_, breaks_.handler());
    EXPECT_TRUE(senders.ok()) << senders.status();
    return std::move(senders->front());
  }

  Inbox inbox_;
  Breaks breaks_;
  RingServer ring_{
      [this](Packet packet) { return inbox_.Take(std::move(packet)); }};
  std::unique_ptr<ServerHost> host_;
  EventLoop loop_;  // the senders'
};

TEST_P(RingStreamTest, ManyPacketsArriveInOrder) {
  auto sender = Connect();
  constexpr int kPackets = 2000;
  for (int i = 0; i < kPackets; ++i)
    ASSERT_TRUE(sender->Send(TestPacket(1, 64, i)).ok());
  const std::vector<Packet> packets = inbox_.WaitFor(kPackets);
  for (int i = 0; i < kPackets; ++i) ASSERT_EQ(packets[i].values[0], i);
  EXPECT_FALSE(breaks_.told());
}

TEST_P(RingStreamTest, LargePacketsArriveWhole) {
  auto sender = Connect();
  const Packet packet = TestPacket(512, 2048);
  ASSERT_TRUE(sender->Send(packet).ok());
  EXPECT_EQ(inbox_.WaitFor(1)[0].values, packet.values);
}

TEST_P(RingStreamTest, ThreadsMaySendAtOnce) {
  auto sender = Connect();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(sender->Send(TestPacket(1, 8)).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(inbox_.WaitFor(400).size(), 400u);
}

TEST_P(RingStreamTest, CloseSendsWhatIsQueued) {
  auto sender = Connect();
  for (int i = 0; i < 50; ++i)
    ASSERT_TRUE(sender->Send(TestPacket(4, 512)).ok());
  EXPECT_TRUE(sender->Close(absl::Seconds(60)).ok());
  EXPECT_EQ(inbox_.WaitFor(50).size(), 50u);
  EXPECT_FALSE(breaks_.told());
  EXPECT_TRUE(sender->Send(TestPacket(1, 1)).ok());
}

TEST_P(RingStreamTest, ALostPeerIsReportedOnce) {
  auto sender = Connect();
  ASSERT_TRUE(sender->Send(TestPacket(1, 8)).ok());
  inbox_.WaitFor(1);
  host_.reset();
  EXPECT_FALSE(breaks_.Wait().ok());
  EXPECT_EQ(breaks_.peer(), 7u);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(sender->Send(TestPacket(1, 8)).ok());
}

TEST_P(RingStreamTest, ARefusedPacketEndsTheStreamWithItsReason) {
  auto sender = Connect();
  Packet packet = TestPacket(1, 8);
  packet.layer = Inbox::kRefused;
  ASSERT_TRUE(sender->Send(packet).ok());
  const absl::Status reason = breaks_.Wait();
  EXPECT_EQ(reason.code(), absl::StatusCode::kInvalidArgument) << reason;
  EXPECT_NE(reason.message().find("not for me"), std::string::npos) << reason;
}

TEST_P(RingStreamTest, DestructionWithAFullQueueReturns) {
  for (int round = 0; round < 20; ++round) {
    auto sender = Connect();
    for (int i = 0; i < 20; ++i)
      ASSERT_TRUE(sender->Send(TestPacket(8, 1024)).ok());
  }
  EXPECT_FALSE(breaks_.told());
}

INSTANTIATE_TEST_SUITE_P(Transports, RingStreamTest,
                         testing::Values("127.0.0.1:",
                                         "unix-abstract:ring-stream-test-"));

TEST(ConnectPeers, NamesThePeerThatDoesNotAnswer) {
  EventLoop loop;
  const auto senders =
      ConnectPeers({{31, absl::StrCat("unix-abstract:nobody-", getpid())}},
                   &loop, nullptr, absl::Milliseconds(50));
  EXPECT_EQ(senders.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(senders.status().message().find("satellite 31"), std::string::npos);
}

}  // namespace
}  // namespace spacemoe
