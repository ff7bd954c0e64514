#include "satellite_node/orbital_link_model.h"

#include <thread>

#include "gtest/gtest.h"
#include "placement/constellation_file.h"
#include "tests/satellite_node/test_assignment.h"

namespace spacemoe {
namespace {

constexpr double kStart = 400;
constexpr int64_t kSecond = 1'000'000'000;

Constellation TestConstellation() {
  return *Constellation::Create(
      *ParseConstellation(TestConstellationJson(), "test"));
}

class OrbitalLinkModelTest : public testing::Test {
 protected:
  // What the stamp must say for a message on a free link.
  RouteDelay Expected(int to, int64_t route_ns, int64_t departure_ns,
                      int64_t bytes) {
    RouteFinder finder(constellation_);
    const Route route = finder.Find(5, {to}, kStart + 1e-9 * route_ns)[0];
    return Evaluate(constellation_, route, kStart + 1e-9 * departure_ns, bytes);
  }

  const Constellation constellation_ = TestConstellation();
  ManualClock clock_;
  OrbitalLinkModel links_{constellation_, 5, {17, 60}, kStart, &clock_};
};

TEST_F(OrbitalLinkModelTest, EqualsTheRoutesDelayAtDeparture) {
  const auto stamp = links_.Stamp(5, 60, 7 * kSecond, 4096);
  ASSERT_TRUE(stamp.ok()) << stamp.status();
  const RouteDelay expected = Expected(60, 7 * kSecond, 7 * kSecond, 4096);
  EXPECT_EQ(stamp->departure_ns, 7 * kSecond);
  EXPECT_EQ(stamp->propagation_ns, expected.propagation_ns);
  EXPECT_EQ(stamp->processing_ns, expected.processing_ns);
  EXPECT_EQ(stamp->serialization_ns, expected.serialization_ns);
  EXPECT_EQ(stamp->queueing_ns, 0);
  EXPECT_EQ(stamp->due_ns, 7 * kSecond + expected.total_ns());
  EXPECT_GT(stamp->hops, 1u);
}

TEST_F(OrbitalLinkModelTest, LengthsFollowTheOrbitsBetweenRefreshes) {
  const auto before = links_.Stamp(5, 60, 0, 0);
  const auto after = links_.Stamp(5, 60, kSecond / 2, 0);
  EXPECT_NE(before->propagation_ns, after->propagation_ns);
  EXPECT_EQ(after->propagation_ns,
            Expected(60, 0, kSecond / 2, 0).propagation_ns);
}

TEST_F(OrbitalLinkModelTest, StaleRoutesAreFoundAnew) {
  ASSERT_TRUE(links_.Stamp(5, 60, 0, 0).ok());
  for (int64_t t = 100; t < 1000; t += 100) {
    const auto stamp = links_.Stamp(5, 60, t * kSecond, 0);
    ASSERT_TRUE(stamp.ok());
    EXPECT_EQ(stamp->propagation_ns,
              Expected(60, t * kSecond, t * kSecond, 0).propagation_ns);
  }
}

TEST_F(OrbitalLinkModelTest, MessagesQueueAtTheFirstLink) {
  const int64_t bytes = 125'000'000;  // 10 ms at 100 Gbit/s
  const auto first = links_.Stamp(5, 60, 0, bytes);
  const auto second = links_.Stamp(5, 60, 0, bytes);
  EXPECT_EQ(first->queueing_ns, 0);
  EXPECT_EQ(second->queueing_ns, 10'000'000);
  EXPECT_EQ(second->due_ns, first->due_ns + 10'000'000);
}

TEST_F(OrbitalLinkModelTest, TheSatelliteItselfIsNoDistanceAway) {
  const auto stamp = links_.Stamp(5, 5, 77, 4096);
  ASSERT_TRUE(stamp.ok());
  EXPECT_EQ(stamp->due_ns, 77);
  EXPECT_EQ(stamp->hops, 0u);
}

TEST_F(OrbitalLinkModelTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(links_.Stamp(6, 60, 0, 0).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(links_.Stamp(5, 61, 0, 0).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(OrbitalLinkModelTest, ThreadsMayAskAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i)
        EXPECT_TRUE(links_.Stamp(5, 17, i * kSecond, 64).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace spacemoe
