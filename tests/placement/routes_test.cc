#include "placement/routes.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/placement/shells.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;
using Matrix = std::vector<std::vector<int64_t>>;

constexpr int64_t kFar = int64_t{1} << 60;

// All-pairs shortest delays, in whole nanoseconds a link.
Matrix FloydWarshall(const Constellation& sky, double t) {
  const int n = sky.satellite_count();
  Matrix delay(n, std::vector<int64_t>(n, kFar));
  for (int a = 0; a < n; ++a) {
    delay[a][a] = 0;
    for (int b : sky.Neighbours(a)) {
      delay[a][b] =
          std::llround(sky.DistanceKm(a, b, t) * 1e9 / kLightSpeedKmPerS) +
          std::llround(sky.links().processing_ms * 1e6);
    }
  }
  for (int k = 0; k < n; ++k) {
    for (int a = 0; a < n; ++a) {
      for (int b = 0; b < n; ++b) {
        delay[a][b] = std::min(delay[a][b], delay[a][k] + delay[k][b]);
      }
    }
  }
  return delay;
}

void ExpectAgreement(const Constellation& sky, double t) {
  const Matrix expected = FloydWarshall(sky, t);
  RouteFinder finder(sky);
  ShortestDelays delays;
  const int n = sky.satellite_count();
  for (int a = 0; a < n; ++a) {
    finder.Delays(a, t, &delays);
    for (int b = 0; b < n; ++b) {
      // The two may round a link's length differently.
      EXPECT_NEAR(delays.delay_ns[b], expected[a][b], delays.hops[b] + 1);
    }
  }
}

TEST(RouteFinder, AgreesWithFloydWarshall) {
  for (double t : {0.0, 700.0, 3333.0}) {
    ExpectAgreement(Make(DeltaShell(14, 10, 550, 53, 3)), t);
    ExpectAgreement(Open("iridium"), t);
    ExpectAgreement(Open("tiny:2"), t);
    ExpectAgreement(Open("tiny"), t);
  }
}

TEST(RouteFinder, RoutesFollowLinksAndHaveTheFoundDelay) {
  const Constellation sky = Open("starlink-s1");
  RouteFinder finder(sky);
  ShortestDelays delays;
  finder.Delays(5, 60, &delays);
  const std::vector<int> targets = {5, 6, 800, 1583, 800};
  const std::vector<Route> routes = finder.Find(5, targets, 60);
  ASSERT_EQ(routes.size(), targets.size());
  for (size_t i = 0; i < routes.size(); ++i) {
    const std::vector<int>& path = routes[i].satellites;
    EXPECT_EQ(path.front(), 5);
    EXPECT_EQ(path.back(), targets[i]);
    EXPECT_EQ(routes[i].hops(), delays.hops[targets[i]]);
    for (size_t hop = 1; hop < path.size(); ++hop) {
      EXPECT_THAT(sky.Neighbours(path[hop - 1]),
                  ::testing::Contains(path[hop]));
    }
    EXPECT_NEAR(Evaluate(sky, routes[i], 60, 0).total_ns(),
                delays.delay_ns[targets[i]], routes[i].hops() + 1);
  }
}

TEST(RouteFinder, FindsARouteToItselfWithoutHops) {
  const Constellation sky = Open("tiny");
  RouteFinder finder(sky);
  const std::vector<Route> routes = finder.Find(3, {3}, 0);
  EXPECT_THAT(routes[0].satellites, ElementsAre(3));
  EXPECT_EQ(routes[0].hops(), 0);
  EXPECT_EQ(Evaluate(sky, routes[0], 0, 1 << 20).total_ns(), 0);
}

// A flat grid at the equator: all ways round a rectangle are equally long.
TEST(RouteFinder, BreaksTiesTowardsSmallerIds) {
  const Constellation sky = Make(DeltaShell(12, 12, 550, 0, 0));
  RouteFinder finder(sky);
  const Route there = finder.Find(0, {sky.Id(2, 2)}, 0)[0];
  EXPECT_EQ(there, finder.Find(0, {sky.Id(2, 2)}, 0)[0]);
  EXPECT_EQ(there.satellites[there.hops() - 1], sky.Id(1, 2));
}

TEST(RouteFinder, ReusedFinderForgetsTheLastSearch) {
  const Constellation sky = Open("spacemoe-paper");
  RouteFinder used(sky);
  used.Find(0, {1055}, 0);
  used.Find(700, {3, 4, 5}, 4000);
  RouteFinder fresh(sky);
  EXPECT_EQ(used.Find(17, {900, 40}, 1000), fresh.Find(17, {900, 40}, 1000));
}

TEST(RouteFinder, GoesRoundExcludedSatellites) {
  const Constellation sky = Open("tiny");
  RouteFinder finder(sky);
  EXPECT_THAT(finder.Find(0, {2}, 0)[0].satellites, ElementsAre(0, 1, 2));
  finder.Exclude({1});
  EXPECT_EQ(finder.Find(0, {2}, 0)[0].hops(), 7);
  EXPECT_TRUE(finder.Find(0, {1}, 0)[0].empty());
  finder.Exclude({1, 8});
  EXPECT_TRUE(finder.Find(0, {4}, 0)[0].empty());
  EXPECT_TRUE(finder.Find(1, {4}, 0)[0].empty());
  ShortestDelays delays;
  finder.Delays(0, 0, &delays);
  EXPECT_EQ(delays.delay_ns[4], kUnreachableNs);
  finder.Exclude({});
  EXPECT_EQ(finder.Find(0, {2}, 0)[0].hops(), 2);
}

TEST(Evaluate, AddsUpThePartsOfALink) {
  const Constellation sky =
      Make(DeltaShell(1, 22, 550, 53, 0), {.rate_bps = 1e9});
  const RouteDelay delay = Evaluate(sky, {{0, 1, 2}}, 100, 2500);
  EXPECT_NEAR(delay.propagation_ns, 2 * 6'570'900, 200);
  EXPECT_EQ(delay.processing_ns, 600'000);
  EXPECT_EQ(delay.serialization_ns, 2 * 20'000);
  EXPECT_EQ(delay.total_ns(), delay.propagation_ns + 640'000);
}

TEST(Evaluate, TakesLengthsOfTheMomentOfSending) {
  const Constellation sky = Open("spacemoe-paper");
  const Route cross{{sky.Id(3, 5), sky.Id(4, 5)}};
  for (double t : {0.0, 300.0, 1200.0, 86400.5}) {
    const double ns =
        sky.DistanceKm(sky.Id(3, 5), sky.Id(4, 5), t) * 1e9 / kLightSpeedKmPerS;
    EXPECT_EQ(Evaluate(sky, cross, t, 0).propagation_ns, std::llround(ns));
  }
  EXPECT_NE(Evaluate(sky, cross, 0, 0).propagation_ns,
            Evaluate(sky, cross, 1, 0).propagation_ns);
}

TEST(Evaluate, OfNoRouteIsZero) {
  const Constellation sky = Open("tiny");
  EXPECT_EQ(Evaluate(sky, {}, 0, 100).total_ns(), 0);
}

TEST(Evaluate, LapAlongAnOrbitTakesAsLongAsItsCircle) {
  const Constellation sky = Open("spacemoe-paper");
  Route lap;
  for (int slot = 0; slot <= 32; ++slot) {
    lap.satellites.push_back(sky.Id(16, slot % 32));
  }
  const double ms = Evaluate(sky, lap, 0, 0).propagation_ns * 1e-6;
  EXPECT_NEAR(ms, 144.6, 0.5);
}

}  // namespace
}  // namespace spacemoe
