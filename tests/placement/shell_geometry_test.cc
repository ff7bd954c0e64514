#include "placement/shell_geometry.h"

#include <algorithm>
#include <string>

#include "gtest/gtest.h"
#include "placement/presets.h"
#include "tests/placement/shells.h"
#include "tests/placement/status_check.h"

namespace spacemoe {
namespace {

constexpr double kKmTolerance = 0.06;  // the oracles have one decimal

ShellSpec PresetShell(const char* name, int shell) {
  return Preset(name)->shells[shell];
}

double DelayMs(double km) { return 1e3 * km / kLightSpeedKmPerS; }

struct Oracle {
  const char* name;
  ShellSpec shell;
  double period_s, in_plane_km, in_plane_ms;
  double adjacent_min_km, adjacent_max_km, adjacent_min_ms, adjacent_max_ms;
  double max_link_km;
};

ShellSpec Starlink(double phasing) {
  return DeltaShell(72, 22, 550, 53, phasing);
}

std::vector<Oracle> Oracles() {
  return {
      {"starlink F=1", Starlink(1), 5730.1, 1969.9, 6.571, 390.8, 620.7, 1.304,
       2.070, 5013.9},
      {"starlink F=17", Starlink(17), 5730.1, 1969.9, 6.571, 829.3, 959.3,
       2.766, 3.200, 5013.9},
      {"starlink F=39", Starlink(39), 5730.1, 1969.9, 6.571, 1430.9, 1509.9,
       4.773, 5.037, 5013.9},
      {"starlink F=36", Starlink(36), 5730.1, 1969.9, 6.571, 1349.0, 1432.6,
       4.500, 4.779, 5013.9},
      {"kuiper", PresetShell("kuiper", 0), 5829.8, 1291.9, 4.309, 797.2, 1291.9,
       2.659, 4.309, 5440.1},
      {"telesat", PresetShell("telesat", 0), 6317.2, 3535.2, 11.792, 267.7,
       1714.9, 0.893, 5.720, 7193.8},
      {"oneweb", PresetShell("oneweb", 0), 6556.0, 970.2, 3.236, 72.4, 1976.4,
       0.242, 6.593, 7925.8},
      {"iridium", PresetShell("iridium", 0), 6018.1, 4029.3, 13.440, 2200.5,
       4466.2, 7.340, 14.898, 6171.4},
  };
}

TEST(ShellGeometry, MatchesClosedFormOracles) {
  for (const Oracle& oracle : Oracles()) {
    SCOPED_TRACE(oracle.name);
    EXPECT_NEAR(PeriodSeconds(oracle.shell), oracle.period_s, 0.06);
    const double hop = InPlaneHopKm(oracle.shell);
    EXPECT_NEAR(hop, oracle.in_plane_km, kKmTolerance);
    EXPECT_NEAR(DelayMs(hop), oracle.in_plane_ms, 6e-4);
    const DistanceRange adjacent = PairDistanceKm(oracle.shell, 1, 0);
    EXPECT_NEAR(adjacent.min_km, oracle.adjacent_min_km, kKmTolerance);
    EXPECT_NEAR(adjacent.max_km, oracle.adjacent_max_km, kKmTolerance);
    EXPECT_NEAR(DelayMs(adjacent.min_km), oracle.adjacent_min_ms, 6e-4);
    EXPECT_NEAR(DelayMs(adjacent.max_km), oracle.adjacent_max_ms, 6e-4);
    EXPECT_NEAR(MaxLinkKm(oracle.shell, {}), oracle.max_link_km, kKmTolerance);
  }
}

TEST(ShellGeometry, PairDistanceIsTheRangeOfSampledDistances) {
  for (const Oracle& oracle : Oracles()) {
    SCOPED_TRACE(oracle.name);
    const Constellation constellation = Make(oracle.shell);
    double low = 1e9, high = 0;
    for (int step = 0; step < 2000; ++step) {
      const double t = constellation.period_s() * step / 2000;
      const double km = constellation.DistanceKm(constellation.Id(1, 3),
                                                 constellation.Id(2, 3), t);
      low = std::min(low, km);
      high = std::max(high, km);
    }
    const DistanceRange range = PairDistanceKm(oracle.shell, 1, 0);
    EXPECT_NEAR(low, range.min_km, 2);
    EXPECT_NEAR(high, range.max_km, 2);
    EXPECT_GE(low, range.min_km - 1e-6);
    EXPECT_LE(high, range.max_km + 1e-6);
  }
}

// Liang, Chaudhry and Yanikomeroglu 2021, whose Earth has R = 6378.135 km.
TEST(ShellGeometry, MatchesPhasingOracles) {
  constexpr double kExtraRadius = 6378.135 - kEarthRadiusKm;
  EXPECT_NEAR(MinSeparationKm(DeltaShell(22, 72, 550 + kExtraRadius, 53, 17)),
              61.83, 0.005);
  EXPECT_NEAR(MinSeparationKm(DeltaShell(36, 36, 610 + kExtraRadius, 42, 11)),
              55.89, 0.005);
}

TEST(ShellGeometry, RefusesRingsThroughTheAtmosphere) {
  struct Case {
    double altitude_km;
    int enough;
  };
  for (const Case& c : {Case{550, 9}, {630, 8}, {780, 8}, {1200, 6}}) {
    SCOPED_TRACE(c.altitude_km);
    EXPECT_TRUE(
        ValidateShell(DeltaShell(1, c.enough, c.altitude_km, 53, 0), {}).ok());
    ExpectInvalid(
        ValidateShell(DeltaShell(1, c.enough - 1, c.altitude_km, 53, 0), {}),
        "use at least " + std::to_string(c.enough) + " satellites per plane");
  }
}

TEST(ShellGeometry, SaysHowDeepALinkWouldGo) {
  const absl::Status status = ValidateShell(DeltaShell(1, 8, 550, 53, 0), {});
  ExpectInvalid(status, "in-plane links reach 5297.1 km");
  ExpectInvalid(status, "pass the Earth's surface at 23.2 km");
  ExpectInvalid(status, "a link may be 5013.9 km long");
}

TEST(ShellGeometry, RefusesCrossPlaneLinksThroughTheEarth) {
  ExpectInvalid(ValidateShell(PresetShell("starlink-gen1", 3), {}),
                "cross-plane links reach");
  EXPECT_TRUE(ValidateShell(DeltaShell(9, 9, 550, 53, 0), {}).ok());
  ExpectInvalid(ValidateShell(DeltaShell(8, 9, 550, 90, 0), {}),
                "cross-plane links reach");
}

TEST(ShellGeometry, RefusesFieldsOutOfRange) {
  ExpectInvalid(ValidateShell(DeltaShell(0, 22, 550, 53, 0), {}),
                "planes must be in [1");
  ExpectInvalid(ValidateShell(DeltaShell(72, 0, 550, 53, 0), {}),
                "satellites_per_plane must be in [1");
  ExpectInvalid(ValidateShell(DeltaShell(2000, 2000, 550, 53, 0), {}),
                "satellites_per_plane must be in [1, 500]");
  ExpectInvalid(ValidateShell(DeltaShell(72, 22, -5, 53, 0), {}),
                "altitude_km must be in");
  ExpectInvalid(ValidateShell(DeltaShell(72, 22, 550, 181, 0), {}),
                "inclination_deg must be in [0, 180]");
  ExpectInvalid(ValidateShell(DeltaShell(72, 22, std::nan(""), 53, 0), {}),
                "altitude_km must be in");
  ExpectInvalid(ValidateShell(DeltaShell(72, 22, 550, 53, 72), {}),
                "phasing must be in [0, planes = 72)");
  ExpectInvalid(ValidateShell(DeltaShell(72, 22, 550, 53, 0.5), {}),
                "a delta needs a whole phasing");
  ShellSpec spread = DeltaShell(72, 22, 550, 53, 0);
  spread.raan_spread_deg = 180;
  ExpectInvalid(ValidateShell(spread, {}), "use pattern star");
  ExpectInvalid(
      ValidateShell(DeltaShell(72, 22, 120, 53, 0), {.atmosphere_km = 130}),
      "not above the atmosphere limit of 130 km");
}

}  // namespace
}  // namespace spacemoe
