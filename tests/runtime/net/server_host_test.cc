#include "runtime/net/server_host.h"

#include <unistd.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/net/grpc_settings.h"
#include "runtime/net/ring_server.h"

namespace spacemoe {
namespace {

absl::Status Accept(Packet) { return absl::OkStatus(); }

class ServerHostTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<ServerHost>> Start(
      const std::string& address) {
    return ServerHost::Start({.address = address, .looped = {&ring_}});
  }

  RingServer ring_{&Accept};
};

TEST_F(ServerHostTest, ResolvesTheFreePort) {
  const auto host = Start("127.0.0.1:0");
  ASSERT_TRUE(host.ok()) << host.status();
  EXPECT_NE((*host)->address(), "127.0.0.1:0");
  auto channel = OpenChannel((*host)->address());
  EXPECT_TRUE(WaitConnected(*channel, (*host)->address()).ok());
}

TEST_F(ServerHostTest, PortInUseIsAClearError) {
  const auto first = Start("127.0.0.1:0");
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = Start((*first)->address());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists)
      << second.status();
  EXPECT_NE(second.status().message().find((*first)->address()),
            std::string::npos);
}

TEST_F(ServerHostTest, AbstractNameInUseIsAClearError) {
  const std::string address =
      absl::StrCat("unix-abstract:server-host-test-", getpid());
  const auto first = Start(address);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(Start(address).status().code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(ServerHostTest, SocketFileInUseIsAClearError) {
  const std::string address =
      absl::StrCat("unix:", testing::TempDir(), "host-", getpid());
  const auto first = Start(address);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(Start(address).status().code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(ServerHostTest, NeverReplacesAnOrdinaryFile) {
  const std::string path = absl::StrCat(testing::TempDir(), "file-", getpid());
  std::ofstream(path) << "precious";
  EXPECT_EQ(Start("unix:" + path).status().code(),
            absl::StatusCode::kAlreadyExists);
  std::string content;
  std::ifstream(path) >> content;
  EXPECT_EQ(content, "precious");
  unlink(path.c_str());
}

TEST_F(ServerHostTest, UnknownHostIsAClearError) {
  const auto host = Start("256.0.0.1:80");
  EXPECT_EQ(host.status().code(), absl::StatusCode::kInvalidArgument)
      << host.status();
}

TEST(WaitConnected, NamesTheAddressThatDoesNotAnswer) {
  const std::string address = absl::StrCat("unix-abstract:nobody-", getpid());
  auto channel = OpenChannel(address);
  const absl::Status status =
      WaitConnected(*channel, address, absl::Milliseconds(50));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(status.message().find(address), std::string::npos) << status;
}

}  // namespace
}  // namespace spacemoe
