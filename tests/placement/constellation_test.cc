#include "placement/constellation.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "placement/presets.h"
#include "placement/shell_geometry.h"
#include "tests/placement/shells.h"
#include "tests/placement/status_check.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;

TEST(Constellation, KeepsSatellitesOnTheirSphere) {
  const Constellation shell = Open("starlink-s1");
  for (int id = 0; id < shell.satellite_count(); id += 37) {
    for (double t : {0.0, 1234.5, 86400.0}) {
      const Vec3 at = shell.Position(id, t);
      EXPECT_NEAR(DistanceKm(at, {}), 6921, 1e-6);
    }
  }
}

TEST(Constellation, MovesByItsInclination) {
  const Constellation shell = Make(DeltaShell(1, 12, 550, 53, 0));
  const Vec3 start = shell.Position(0, 0);
  EXPECT_NEAR(start.x, 6921, 1e-6);
  EXPECT_NEAR(start.z, 0, 1e-6);
  const Vec3 top = shell.Position(0, shell.period_s() / 4);
  EXPECT_NEAR(top.y, 6921 * std::cos(53 * M_PI / 180), 1e-6);
  EXPECT_NEAR(top.z, 6921 * std::sin(53 * M_PI / 180), 1e-6);
  // A slot later the next satellite is where this one is now.
  const Vec3 next = shell.Position(1, 100 - shell.period_s() / 12);
  EXPECT_NEAR(DistanceKm(next, shell.Position(0, 100)), 0, 1e-6);
}

TEST(Constellation, PositionsAgreesWithPosition) {
  const Constellation shell = Open("iridium");
  std::vector<Vec3> all(shell.satellite_count());
  shell.Positions(777, absl::MakeSpan(all));
  for (int id = 0; id < shell.satellite_count(); ++id) {
    EXPECT_NEAR(DistanceKm(all[id], shell.Position(id, 777)), 0, 1e-9);
  }
}

TEST(Constellation, TurnsArgumentOfLatitudeWithinACircle) {
  const Constellation shell = Open("starlink-s1");
  EXPECT_DOUBLE_EQ(shell.ArgumentOfLatitudeDeg(0, 0), 0);
  EXPECT_NEAR(shell.ArgumentOfLatitudeDeg(shell.Id(0, 1), 0), 360.0 / 22, 1e-9);
  EXPECT_NEAR(shell.ArgumentOfLatitudeDeg(shell.Id(1, 0), 0),
              360.0 * 17 / (72 * 22), 1e-9);
  for (double t = -20000; t < 20000; t += 333) {
    const double u = shell.ArgumentOfLatitudeDeg(1583, t);
    EXPECT_GE(u, 0);
    EXPECT_LT(u, 360);
  }
}

// Longer than any link that the phasing allows: the sign of a forgotten F.
TEST(Constellation, JoinsTheWrapByPhasing) {
  const Constellation shell = Open("starlink-s1");
  const double longest = PairDistanceKm(shell.shell(), 1, 0).max_km;
  for (int slot = 0; slot < 22; ++slot) {
    const int last = shell.Id(71, slot);
    const int first = shell.Id(0, (slot + 17) % 22);
    EXPECT_THAT(shell.Neighbours(last), ::testing::Contains(first));
    EXPECT_THAT(shell.Neighbours(first), ::testing::Contains(last));
    for (double t = 0; t < shell.period_s(); t += 100) {
      EXPECT_LE(shell.DistanceKm(last, first, t), longest + 1e-6);
    }
    EXPECT_GT(shell.DistanceKm(last, shell.Id(0, slot), 0), 5000);
  }
}

TEST(Constellation, HasEveryLinkWithinTheLimitAtAllTimes) {
  for (const char* name : {"spacemoe-paper", "starlink-s1", "kuiper:3",
                           "telesat:2", "oneweb", "iridium", "tiny:2"}) {
    SCOPED_TRACE(name);
    const Constellation shell = Open(name);
    double longest = 0;
    for (int id = 0; id < shell.satellite_count(); ++id) {
      for (int other : shell.Neighbours(id)) {
        for (double t = 0; t < shell.period_s(); t += 500) {
          longest = std::max(longest, shell.DistanceKm(id, other, t));
        }
      }
    }
    EXPECT_LE(longest, shell.max_link_km());
  }
}

TEST(Constellation, LinksAreSymmetricAndFourInADelta) {
  const Constellation shell = Open("kuiper");
  for (int id = 0; id < shell.satellite_count(); ++id) {
    EXPECT_EQ(shell.Neighbours(id).size(), 4u);
    for (int other : shell.Neighbours(id)) {
      EXPECT_NE(other, id);
      EXPECT_THAT(shell.Neighbours(other), ::testing::Contains(id));
    }
  }
}

TEST(Constellation, StarHasNoLinksAcrossItsSeam) {
  const Constellation shell = Open("spacemoe-paper");
  ASSERT_EQ(shell.satellite_count(), 1056);
  for (int slot = 0; slot < 32; ++slot) {
    EXPECT_EQ(shell.Neighbours(shell.Id(0, slot)).size(), 3u);
    EXPECT_EQ(shell.Neighbours(shell.Id(32, slot)).size(), 3u);
    EXPECT_EQ(shell.Neighbours(shell.Id(16, slot)).size(), 4u);
  }
  EXPECT_THAT(shell.Neighbours(0), ElementsAre(1, 31, 32));
}

TEST(Constellation, SinglePlaneIsARing) {
  const Constellation shell = Open("tiny");
  EXPECT_THAT(shell.Neighbours(0), ElementsAre(1, 8));
  EXPECT_THAT(shell.Neighbours(4), ElementsAre(3, 5));
}

TEST(Constellation, SinglePlaneWithPhasingLinksNobodyToItself) {
  const Constellation one = Make(DeltaShell(1, 12, 550, 53, 0));
  EXPECT_THAT(one.Neighbours(3), ElementsAre(2, 4));
}

TEST(Constellation, PicksAShellAndSaysWhichThereAre) {
  EXPECT_EQ(Open("kuiper:2").satellite_count(), 36 * 36);
  EXPECT_EQ(Open("kuiper:2").Label(), "kuiper:2");
  EXPECT_EQ(Open("kuiper").satellite_count(), 34 * 34);
  EXPECT_EQ(Open("oneweb").Label(), "oneweb");
  ExpectInvalid(Constellation::Create(*Preset("kuiper"), 3).status(),
                "has no shell 4; a plan uses one shell");
  ExpectInvalid(Constellation::Create(*Preset("kuiper"), 3).status(),
                "1 (k630), 2 (k610), 3 (k590)");
  ExpectInvalid(Constellation::Create({.name = "none"}).status(),
                "has no shells");
}

TEST(Constellation, RefusesBadLinks) {
  ConstellationSpec spec = *Preset("tiny");
  spec.links.rate_bps = 0;
  ExpectInvalid(Constellation::Create(spec).status(),
                "rate_bps must be positive");
  spec.links = {.processing_ms = -1};
  ExpectInvalid(Constellation::Create(spec).status(),
                "processing_ms must be in");
  spec.links = {.atmosphere_km = std::nan("")};
  ExpectInvalid(Constellation::Create(spec).status(),
                "atmosphere_km must be in");
}

}  // namespace
}  // namespace spacemoe
