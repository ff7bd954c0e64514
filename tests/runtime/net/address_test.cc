#include "runtime/net/address.h"

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

TEST(Address, RoundTripsEveryForm) {
  for (const char* text : {"127.0.0.1:80", "host.example:0", "[::1]:443",
                           "unix:/tmp/socket", "unix-abstract:satellite-7"}) {
    const auto address = ParseAddress(text);
    ASSERT_TRUE(address.ok()) << address.status();
    EXPECT_EQ(address->ToString(), text);
  }
}

TEST(Address, RefusesOthersWithTheFormsThatItKnows) {
  for (const std::string text :
       {"", "host", ":80", "host:", "host:65536", "host:-1", "::1:80",
        "unix:", "unix-abstract:"}) {
    const auto address = ParseAddress(text);
    EXPECT_EQ(address.status().code(), absl::StatusCode::kInvalidArgument)
        << text;
    EXPECT_NE(address.status().message().find("expected host:port"),
              std::string::npos);
  }
}

TEST(Address, RefusesSocketNamesThatTheKernelCannotTake) {
  EXPECT_FALSE(ParseAddress("unix:" + std::string(108, 'x')).ok());
  EXPECT_TRUE(ParseAddress("unix:" + std::string(107, 'x')).ok());
}

}  // namespace
}  // namespace spacemoe
