#include "placement/presets.h"

#include "gtest/gtest.h"
#include "placement/constellation_file.h"
#include "placement/shell_geometry.h"
#include "tests/placement/shells.h"
#include "tests/placement/status_check.h"

namespace spacemoe {
namespace {

int Satellites(const ConstellationSpec& spec) {
  int count = 0;
  for (const ShellSpec& shell : spec.shells) {
    count += shell.planes * shell.satellites_per_plane;
  }
  return count;
}

TEST(Presets, HaveTheFiledNumbersOfSatellites) {
  EXPECT_EQ(Satellites(*Preset("spacemoe-paper")), 1056);
  EXPECT_EQ(Satellites(*Preset("starlink-s1")), 1584);
  EXPECT_EQ(Satellites(*Preset("starlink-gen1")), 4408);
  EXPECT_EQ(Satellites(*Preset("kuiper")), 3236);
  EXPECT_EQ(Satellites(*Preset("telesat")), 1671);
  EXPECT_EQ(Satellites(*Preset("oneweb")), 588);
  EXPECT_EQ(Satellites(*Preset("iridium")), 66);
}

TEST(Presets, EveryPresetOpens) {
  for (const std::string& name : PresetNames()) {
    const auto opened = OpenConstellation(name);
    EXPECT_TRUE(opened.ok()) << name << ": " << opened.status();
  }
}

// 60 and 90 degrees between planes: the links would pass through the Earth.
TEST(Presets, OnlyGen1sSparsePolarShellsCannotBeLinked) {
  for (const std::string& name : PresetNames()) {
    const ConstellationSpec spec = *Preset(name);
    for (const ShellSpec& shell : spec.shells) {
      const bool sparse = shell.name == "s4" || shell.name == "s5";
      EXPECT_EQ(ValidateShell(shell, {}).ok(), !sparse)
          << name << " " << shell.name;
    }
  }
}

TEST(Presets, UnknownNameListsTheKnownOnes) {
  const absl::Status status = Preset("starlonk").status();
  ExpectError(status, absl::StatusCode::kNotFound,
              "unknown constellation 'starlonk'");
  ExpectError(status, absl::StatusCode::kNotFound,
              "spacemoe-paper, spacemoe-paper-360, starlink-s1");
  ExpectError(OpenConstellation("starlonk").status(),
              absl::StatusCode::kNotFound, "iridium, tiny");
}

TEST(Presets, TheDefaultIsThePapers) {
  const ShellSpec shell = Preset(kDefaultConstellation)->shells[0];
  EXPECT_EQ(shell.planes, 33);
  EXPECT_EQ(shell.satellites_per_plane, 32);
  EXPECT_EQ(shell.pattern, ShellPattern::kStar);
  EXPECT_EQ(shell.raan_spread_deg, 180);
}

}  // namespace
}  // namespace spacemoe
