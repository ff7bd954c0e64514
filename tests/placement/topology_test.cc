#include "placement/topology.h"

#include <cmath>
#include <numbers>

#include "gtest/gtest.h"
#include "placement/routes.h"
#include "tests/placement/shells.h"
#include "tests/placement/status_check.h"

namespace spacemoe {
namespace {

// Share of the links that are up over an orbit.
double ShareUp(const Constellation& sky, const TopologySpec& spec,
               bool across_planes) {
  RouteFinder finder(sky);
  int up = 0, all = 0;
  for (int slot = 0; slot < 40; ++slot) {
    const double t = sky.period_s() * slot / 40;
    finder.UseSlot(spec, slot);
    for (int a = 0; a < sky.satellite_count(); ++a) {
      for (int b : sky.Neighbours(a)) {
        if ((sky.PlaneOf(a) != sky.PlaneOf(b)) != across_planes) continue;
        ++all;
        up += finder.IsUp(a, b, t);
        EXPECT_EQ(finder.IsUp(a, b, t), finder.IsUp(b, a, t));
      }
    }
  }
  return static_cast<double>(up) / all;
}

TEST(Topology, LinksSurviveAsOftenAsTheyShould) {
  const Constellation sky = Open("spacemoe-paper");
  EXPECT_NEAR(ShareUp(sky, {.survival = 0.95, .seed = 3}, true), 0.95, 0.005);
  EXPECT_NEAR(ShareUp(sky, {.survival = 0.5}, false), 0.5, 0.01);
  EXPECT_EQ(ShareUp(sky, {}, true), 1);
}

// On an orbit of 87 degrees |latitude| > 70 for a share 1 - 2/pi arcsin(sin 70
// / sin 87); a link has two ends of about the same latitude.
TEST(Topology, ThePolarCutTakesLinksBetweenPlanesOnly) {
  const Constellation sky = Open("spacemoe-paper");
  const TopologySpec spec{.polar_cut_deg = 70};
  const double degree = std::numbers::pi / 180;
  const double share = 2 / std::numbers::pi *
                       std::asin(std::sin(70 * degree) / std::sin(87 * degree));
  EXPECT_NEAR(ShareUp(sky, spec, true), share, 0.01);
  EXPECT_EQ(ShareUp(sky, spec, false), 1);
}

// 0.12 radians a second never binds on such a grid, 0.12 degrees does.
TEST(Topology, TheTrackingLimitBindsInDegreesAndNotInRadians) {
  const Constellation sky = Open("spacemoe-paper");
  EXPECT_EQ(ShareUp(sky, {.tracking_limit_rad_s = 0.12}, true), 1);
  const double share = ShareUp(
      sky, {.tracking_limit_rad_s = 0.12 * std::numbers::pi / 180}, true);
  EXPECT_LT(share, 0.96);
  EXPECT_GT(share, 0.80);
}

// In a plane the line of sight turns once in an orbit.
TEST(Topology, TheTrackingRateInAPlaneIsTheOrbitsOwn) {
  const Constellation sky = Open("spacemoe-paper");
  EXPECT_NEAR(TrackingRate(sky, 0, 1, 123.0),
              2 * std::numbers::pi / sky.period_s(), 1e-9);
}

TEST(Topology, RoutesGoRoundWhatIsDown) {
  const Constellation sky = Open("spacemoe-paper");
  const int a = sky.Id(16, 0), b = sky.Id(17, 0);
  RouteFinder finder(sky);
  finder.UseSlot({.polar_cut_deg = 0}, 0);
  EXPECT_FALSE(finder.FindDelays(a, {b}, 100)[0].reachable());
  EXPECT_TRUE(finder.Find(a, {b}, 100)[0].empty());
  finder.UseSlot({}, 0);
  EXPECT_EQ(finder.FindDelays(a, {b}, 100)[0].hops, 1);
}

TEST(Topology, RefusesWhatIsOutOfRange) {
  ExpectInvalid(ValidateTopology({.survival = 0}), "at 0 there are no links");
  ExpectInvalid(ValidateTopology({.survival = std::nan("")}), "survival");
  ExpectInvalid(ValidateTopology({.polar_cut_deg = 91}), "polar_cut_deg");
  ExpectInvalid(ValidateTopology({.tracking_limit_rad_s = -1}), "tracking");
}

}  // namespace
}  // namespace spacemoe
