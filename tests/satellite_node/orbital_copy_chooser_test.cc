#include "satellite_node/orbital_copy_chooser.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "placement/constellation_file.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;

// A ring of nine satellites, all hops equally long (16 ms): from 0 over some
// satellite to 3.
CopyChooserOptions Options(double expert_seconds) {
  CopyChooserOptions options;
  options.gateway = 0;
  options.successor = 3;
  options.homes = {{6, 1}, {1, 8}, {4}};
  options.row_bytes = 1000;
  options.expert_seconds = expert_seconds;
  return options;
}

Constellation Ring() { return *OpenConstellation("tiny"); }

TEST(OrbitalCopyChooser, TakesTheCopiesOnTheShortestWay) {
  OrbitalCopyChooser chooser(Options(1e-6), Ring());
  EXPECT_THAT(chooser.Choose(std::vector<int32_t>{0}, 0), ElementsAre(1));
  EXPECT_THAT(chooser.Choose(std::vector<int32_t>{0, 2}, 5'000'000'000),
              ElementsAre(1, 4));
  EXPECT_THAT(chooser.Choose(std::vector<int32_t>{}, 0), ElementsAre());
}

// Two experts on one satellite: the wait decides.
TEST(OrbitalCopyChooser, SpreadsWhereComputeTakesLong) {
  OrbitalCopyChooser quick(Options(1e-6), Ring());
  EXPECT_THAT(quick.Choose(std::vector<int32_t>{0, 1}, 0), ElementsAre(1, 1));
  OrbitalCopyChooser slow(Options(0.06), Ring());
  EXPECT_THAT(slow.Choose(std::vector<int32_t>{0, 1}, 0), ElementsAre(1, 8));
}

TEST(OrbitalCopyChooser, WithoutDelaysOnlySharingCounts) {
  OrbitalCopyChooser chooser(Options(0.01), std::nullopt);
  EXPECT_THAT(chooser.Choose(std::vector<int32_t>{0, 1}, 0), ElementsAre(6, 1));
}

}  // namespace
}  // namespace spacemoe
