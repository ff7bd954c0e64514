#include "runtime/tls/node_name.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

TEST(NodeName, RoundTripsEveryRole) {
  for (NodeRole role : {NodeRole::kCoordinator, NodeRole::kSatellite,
                        NodeRole::kClient, NodeRole::kAuthority}) {
    const NodeName name{"leo-7", role};
    const auto parsed = ParseNodeUri(ToUri(name));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, name);
  }
  EXPECT_EQ(ToUri({"leo-7", NodeRole::kClient}), "spacemoe://leo-7/client");
}

TEST(NodeName, RefusesOtherUris) {
  for (const char* uri :
       {"", "spacemoe://", "spacemoe:///client", "spacemoe://a", "a/client",
        "https://a/client", "spacemoe://a/pilot", "spacemoe://A/client",
        "spacemoe://a/b/client", "spacemoe://-a/client", "spacemoe://a/",
        "spacemoe://a/client/"}) {
    const auto parsed = ParseNodeUri(uri);
    EXPECT_TRUE(absl::IsInvalidArgument(parsed.status())) << uri;
    EXPECT_THAT(std::string(parsed.status().message()), HasSubstr("expected"));
  }
}

TEST(NodeName, ServersHaveAHostNameOfTheirOwn) {
  EXPECT_EQ(ServerNameOf({"leo", NodeRole::kSatellite}),
            "satellite.leo.spacemoe.internal");
}

TEST(NodeName, ConstellationsAreDnsLabels) {
  EXPECT_TRUE(CheckConstellationName("a").ok());
  EXPECT_TRUE(CheckConstellationName(std::string(63, 'a')).ok());
  EXPECT_FALSE(CheckConstellationName(std::string(64, 'a')).ok());
  EXPECT_FALSE(CheckConstellationName("a-").ok());
  EXPECT_FALSE(CheckConstellationName("a.b").ok());
}

}  // namespace
}  // namespace spacemoe
