#include "satellite_node/listen_address.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

TEST(DefaultListenAddress, FollowsTheCoordinators) {
  EXPECT_EQ(*DefaultListenAddress("127.0.0.1:7300"), "127.0.0.1:0");
  EXPECT_EQ(*DefaultListenAddress("localhost:7300"), "127.0.0.1:0");
  EXPECT_EQ(*DefaultListenAddress("10.1.2.3:7300"), "0.0.0.0:0");
  EXPECT_THAT(*DefaultListenAddress("unix:/tmp/x"),
              testing::StartsWith("unix-abstract:spacemoe-satellite-"));
  EXPECT_NE(*DefaultListenAddress("unix-abstract:x"),
            *DefaultListenAddress("unix-abstract:x"));
  EXPECT_FALSE(DefaultListenAddress("nonsense").ok());
}

TEST(AdvertisedAddress, KeepsWhatPeersCanReach) {
  EXPECT_EQ(*AdvertisedAddress("unix-abstract:me", "", "unix-abstract:x"),
            "unix-abstract:me");
  EXPECT_EQ(*AdvertisedAddress("127.0.0.1:80", "", "127.0.0.1:1"),
            "127.0.0.1:80");
}

TEST(AdvertisedAddress, ReplacesTheHost) {
  EXPECT_EQ(*AdvertisedAddress("0.0.0.0:80", "node-7", "10.0.0.1:1"),
            "node-7:80");
}

TEST(AdvertisedAddress, FindsTheInterfaceTowardsTheCoordinator) {
  EXPECT_EQ(*AdvertisedAddress("0.0.0.0:80", "", "127.0.0.1:1"),
            "127.0.0.1:80");
}

}  // namespace
}  // namespace spacemoe
