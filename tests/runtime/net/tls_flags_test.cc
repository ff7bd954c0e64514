#include "runtime/net/tls_flags.h"

#include <cstdlib>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/net/address.h"
#include "runtime/net/refusal_log.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(TlsFlags, WantKeysWhereOthersCanConnect) {
  for (const char* address : {"0.0.0.0:7300", "[::]:7300", "10.0.0.5:7300",
                              "coordinator:7300", "127.example.org:1"}) {
    const auto identity =
        IdentityFor({}, NodeRole::kCoordinator, {"127.0.0.1:1", address});
    EXPECT_TRUE(absl::IsFailedPrecondition(identity.status())) << address;
    for (const char* part : {address, "spacemoe certs", "--insecure"}) {
      EXPECT_THAT(std::string(identity.status().message()), HasSubstr(part));
    }
  }
}

TEST(TlsFlags, NeedNoneOnOneMachine) {
  const auto identity =
      IdentityFor({}, NodeRole::kCoordinator,
                  {"127.0.0.1:7300", "127.1.2.3:1", "[::1]:1", "localhost:1",
                   "unix:/tmp/a", "unix-abstract:ring"});
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(*identity, nullptr);
}

TEST(TlsFlags, InsecureIsSaidAloud) {
  TlsFlags flags;
  flags.insecure = true;
  flags.files.ca = "/from/the/environment";
  const auto identity = IdentityFor(flags, NodeRole::kSatellite, {"0.0.0.0:1"});
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(*identity, nullptr);
}

TEST(TlsFlags, AreReadFromTheEnvironmentToo) {
  setenv("SPACEMOE_TLS_CA", "/a/ca.pem", 1);
  setenv("SPACEMOE_TLS_KEY", "", 1);
  CLI::App app;
  TlsFlags flags;
  AddTlsFlags(&app, &flags);
  app.parse("--tls-cert /a/cert.pem");
  unsetenv("SPACEMOE_TLS_CA");
  unsetenv("SPACEMOE_TLS_KEY");
  EXPECT_EQ(flags.files.ca, "/a/ca.pem");
  EXPECT_EQ(flags.files.certificate, "/a/cert.pem");
  EXPECT_THAT(flags.files.key, IsEmpty());
}

TEST(RefusalLog, ExplainsHandshakes) {
  EXPECT_THAT(
      ExplainHandshake("Handshake failed with fatal error SSL_ERROR_SSL: "
                       "error:0A00010B:SSL routines::wrong version number."),
      HasSubstr("the peer does not speak TLS"));
  EXPECT_THAT(ExplainHandshake("Handshake failed with fatal error X: new."),
              HasSubstr("X: new"));
  EXPECT_THAT(ExplainHandshake("subchannel connected"), IsEmpty());
}

TEST(RefusalLog, SaysTheSameOnlyOnce) {
  testing::internal::CaptureStderr();
  for (int i = 0; i < 5; ++i) LogRefusal("refused: tls_flags_test");
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("refused: tls_flags_test"));
  EXPECT_EQ(log.find("refused", log.find("refused") + 1), log.npos);
}

}  // namespace
}  // namespace spacemoe
