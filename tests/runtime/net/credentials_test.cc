// Who gets through, over real sockets.
#include "runtime/net/credentials.h"

#include <unistd.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/byte_buffer.h"
#include "gtest/gtest.h"
#include "runtime/net/grpc_settings.h"
#include "runtime/net/peer_sender.h"
#include "runtime/net/refusal_log.h"
#include "runtime/net/ring_server.h"
#include "runtime/net/server_host.h"
#include "runtime/tls/node_name.h"
#include "tests/runtime/test_packet.h"
#include "tests/runtime/tls/test_identity.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

using Identity = std::shared_ptr<const TlsIdentity>;

TEST(CheckCaller, LetsEachRoleToItsServices) {
  const std::vector<std::string> satellite = {"spacemoe://leo/satellite"};
  const std::vector<std::string> client = {"spacemoe://leo/client"};
  EXPECT_TRUE(
      CheckCaller("/spacemoe.v1.Membership/Attach", satellite, "leo").ok());
  EXPECT_TRUE(CheckCaller("/spacemoe.v1.Ring/Exchange", satellite, "leo").ok());
  EXPECT_TRUE(
      CheckCaller("/spacemoe.v1.Inference/Generate", client, "leo").ok());
  EXPECT_TRUE(CheckCaller("/grpc.health.v1.Health/Check", client, "leo").ok());
}

TEST(CheckCaller, RefusesOthersWithBothNames) {
  const std::vector<std::string> client = {"spacemoe://leo/client"};
  for (const char* method :
       {"/spacemoe.v1.Membership/Attach", "/spacemoe.v1.Ring/Exchange"}) {
    const absl::Status status = CheckCaller(method, client, "leo");
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("expected the certificate of "
                          "spacemoe://leo/satellite, found "
                          "spacemoe://leo/client"));
  }
  EXPECT_FALSE(
      CheckCaller("/spacemoe.v1.Inference/Generate", client, "geo").ok());
  EXPECT_FALSE(CheckCaller("/grpc.health.v1.Health/Check", {}, "leo").ok());
  EXPECT_FALSE(
      CheckCaller("/grpc.health.v1.Health/Check", {"https://a"}, "leo").ok());
}

// Waits for the reason why a stream broke.
class Reason {
 public:
  BrokenHandler handler() {
    return [this](uint32_t, const absl::Status& status) {
      const std::lock_guard lock(mutex_);
      status_ = status;
      told_ = true;
      changed_.notify_all();
    };
  }
  absl::Status Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return told_; });
    return status_;
  }

 private:
  std::mutex mutex_;
  absl::Status status_;
  bool told_ = false;
  std::condition_variable changed_;
};

class CredentialsTest : public ::testing::Test {
 protected:
  void Serve(const Identity& identity) {
    auto host = ServerHost::Start(
        {.address = "127.0.0.1:0", .looped = {&ring_}, .identity = identity});
    ASSERT_TRUE(host.ok()) << host.status();
    host_ = *std::move(host);
  }

  // What a peer with this identity hears.
  absl::Status Try(const Identity& identity) {
    auto senders = ConnectPeers({{7, host_->address()}}, &loop_,
                                reason_.handler(), absl::Seconds(60), identity);
    if (!senders.ok()) return senders.status();
    const absl::Status sent = senders->front()->Send(TestPacket(1, 8));
    if (!sent.ok()) return sent;
    return senders->front()->Close(absl::Seconds(60));
  }

  // Stderr of this process meanwhile.
  std::string LogWhileTrying(const Identity& identity, absl::Status* status) {
    testing::internal::CaptureStderr();
    *status = Try(identity);
    return testing::internal::GetCapturedStderr();
  }

  int received() {
    const std::lock_guard lock(mutex_);
    return received_;
  }

  static Identity Satellite(const Authority& authority) {
    return TestIdentity(authority, NodeRole::kSatellite);
  }

  const Authority authority_ = NewTestAuthority("leo");
  const Identity good_ = Satellite(authority_);
  std::mutex mutex_;
  int received_ = 0;
  RingServer ring_{[this](Packet) {
    const std::lock_guard lock(mutex_);
    ++received_;
    return absl::OkStatus();
  }};
  std::unique_ptr<ServerHost> host_;
  Reason reason_;
  EventLoop loop_;
};

TEST_F(CredentialsTest, PeersOfOneConstellationTalk) {
  PrepareGrpc();
  Serve(good_);
  EXPECT_TRUE(Try(Satellite(authority_)).ok());
  EXPECT_EQ(received(), 1);
}

TEST_F(CredentialsTest, APeerWithoutTlsIsRefused) {
  PrepareGrpc();
  Serve(good_);
  absl::Status status;
  const std::string log = LogWhileTrying(nullptr, &status);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("the server wants TLS; expected --tls-ca"));
  EXPECT_THAT(log, HasSubstr("refused a connection: the peer does not speak"));
}

// It trusts the server and shows nothing of itself.
TEST_F(CredentialsTest, APeerWithoutACertificateIsRefused) {
  PrepareGrpc();
  Serve(good_);
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride(ServerNameOf(good_->name));
  grpc::GenericStub stub(grpc::CreateCustomChannel(
      host_->address(), grpc::SslCredentials({.pem_root_certs = good_->ca_pem}),
      arguments));
  grpc::ClientContext context;
  const grpc::Slice nothing;
  const grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer reply;
  std::promise<grpc::Status> answer;
  LogRefusal("somebody else");  // a repeated line is not logged again
  testing::internal::CaptureStderr();
  stub.UnaryCall(&context, "/grpc.health.v1.Health/Check", {}, &request, &reply,
                 [&](grpc::Status status) { answer.set_value(status); });
  const grpc::Status status = answer.get_future().get();
  host_.reset();  // has logged all by its end
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(log,
              HasSubstr("refused a connection: the peer has no certificate"));
  EXPECT_EQ(received(), 0);
}

TEST_F(CredentialsTest, APlainServerIsRefused) {
  PrepareGrpc();
  Serve(nullptr);
  const absl::Status status = Try(good_);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("the server does not speak TLS"));
}

TEST_F(CredentialsTest, AnExpiredCertificateIsRefusedByTheServer) {
  PrepareGrpc();
  Serve(good_);
  absl::Status status;
  const std::string log = LogWhileTrying(
      ExpiredIdentity(authority_, NodeRole::kSatellite), &status);
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("refuses this side's certificate "
                        "(spacemoe://leo/satellite), which expired on 20"));
  EXPECT_THAT(log, HasSubstr("refused a connection: the peer's certificate "
                             "(spacemoe://leo/satellite): certificate has "
                             "expired"));
  EXPECT_EQ(received(), 0);
}

TEST_F(CredentialsTest, AnExpiredServerIsRefusedByThePeer) {
  PrepareGrpc();
  Serve(ExpiredIdentity(authority_, NodeRole::kSatellite));
  const absl::Status status = Try(good_);
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("this side refuses the server's certificate "
                        "(certificate has expired)"));
}

TEST_F(CredentialsTest, AnotherAuthoritysPeerIsRefusedByTheServer) {
  PrepareGrpc();
  Serve(good_);
  const Identity alien = Satellite(NewTestAuthority("leo"));
  absl::Status status;
  const std::string log = LogWhileTrying(Mixed(*good_, *alien), &status);
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("refuses this side's certificate"));
  EXPECT_THAT(log, HasSubstr("refused a connection: the peer's certificate"));
  EXPECT_EQ(received(), 0);
}

TEST_F(CredentialsTest, AnotherAuthoritysServerIsRefusedByThePeer) {
  PrepareGrpc();
  Serve(Satellite(NewTestAuthority("leo")));
  const absl::Status status = Try(good_);
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("this side refuses the server's certificate"));
}

// An authority that signs for two constellations: names decide.
TEST_F(CredentialsTest, AnotherConstellationsServerIsRefusedByThePeer) {
  PrepareGrpc();
  const Authority geo = NewTestAuthority("geo");
  Serve(Satellite(geo));
  TlsIdentity both = *good_;
  both.ca_pem = geo.ToPem()->certificate_pem + good_->ca_pem;
  const absl::Status status =
      Try(std::make_shared<const TlsIdentity>(std::move(both)));
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("expected spacemoe://leo/satellite, found "
                        "spacemoe://geo/satellite"));
}

TEST_F(CredentialsTest, AnotherConstellationsPeerIsRefusedByTheServer) {
  PrepareGrpc();
  const Authority geo = NewTestAuthority("geo");
  TlsIdentity trusting = *good_;
  trusting.ca_pem += geo.ToPem()->certificate_pem;
  Serve(std::make_shared<const TlsIdentity>(std::move(trusting)));
  // It goes by the right name to the server's face, and shows another.
  absl::Status status;
  testing::internal::CaptureStderr();
  auto senders =
      ConnectPeers({{7, host_->address()}}, &loop_, reason_.handler(),
                   absl::Seconds(60), Mixed(*good_, *Satellite(geo)));
  ASSERT_TRUE(senders.ok()) << senders.status();
  status = reason_.Wait();
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("expected the certificate of "
                        "spacemoe://leo/satellite, found "
                        "spacemoe://geo/satellite"));
  EXPECT_THAT(log, HasSubstr("found spacemoe://geo/satellite"));
  EXPECT_EQ(received(), 0);
}

TEST_F(CredentialsTest, AClientIsNoSatellite) {
  PrepareGrpc();
  Serve(good_);
  auto senders = ConnectPeers({{7, host_->address()}}, &loop_,
                              reason_.handler(), absl::Seconds(60),
                              TestIdentity(authority_, NodeRole::kClient));
  ASSERT_TRUE(senders.ok()) << senders.status();
  EXPECT_TRUE(absl::IsPermissionDenied(reason_.Wait())) << reason_.Wait();
}

TEST_F(CredentialsTest, NoKeyIsEverLogged) {
  PrepareGrpc();
  Serve(good_);
  absl::Status status;
  setenv("SPACEMOE_LOG", "debug", 1);
  const std::string log = LogWhileTrying(
      ExpiredIdentity(authority_, NodeRole::kSatellite), &status);
  unsetenv("SPACEMOE_LOG");
  EXPECT_EQ(log.find("PRIVATE KEY"), log.npos);
  EXPECT_EQ(std::string(status.message()).find("PRIVATE KEY"),
            std::string::npos);
}

TEST(WaitConnected, TellsThatNobodyListens) {
  // A port that was free a moment ago.
  std::string address;
  {
    RingServer ring([](Packet) { return absl::OkStatus(); });
    auto host =
        ServerHost::Start({.address = "127.0.0.1:0", .looped = {&ring}});
    address = (*host)->address();
  }
  auto channel = OpenChannel(address);
  const absl::Status status =
      WaitConnected(*channel, address, absl::Milliseconds(50));
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("Connection refused"));
}

}  // namespace
}  // namespace spacemoe
