#include "placement/subnets.h"

#include <algorithm>
#include <vector>

#include "gtest/gtest.h"
#include "tests/placement/shells.h"

namespace spacemoe {
namespace {

void ExpectPartition(const Constellation& sky, int layers, double t) {
  const auto subnets = Subnets(sky, layers, t);
  ASSERT_EQ(static_cast<int>(subnets.size()), layers);
  std::vector<int> all;
  for (int l = 0; l < layers; ++l) {
    for (int id : subnets[l]) {
      const double u = sky.ArgumentOfLatitudeDeg(id, t);
      EXPECT_GE(u, 360.0 * l / layers - 1e-6);
      EXPECT_LT(u, 360.0 * (l + 1) / layers);
      all.push_back(id);
    }
  }
  std::sort(all.begin(), all.end());
  ASSERT_EQ(static_cast<int>(all.size()), sky.satellite_count());
  for (int id = 0; id < sky.satellite_count(); ++id) EXPECT_EQ(all[id], id);
}

TEST(Subnets, PartitionTheConstellation) {
  for (const char* name : {"spacemoe-paper", "starlink-s1", "telesat:2"}) {
    for (int layers : {1, 7, 22, 30, 32}) {
      for (double t : {0.0, 89.5, 5000.0}) {
        SCOPED_TRACE(name);
        ExpectPartition(Open(name), layers, t);
      }
    }
  }
}

TEST(Subnets, OfThePaperAreOneSlotOfEveryPlane) {
  const Constellation sky = Open("spacemoe-paper");
  const auto subnets = Subnets(sky, 32, 0);
  for (int l = 0; l < 32; ++l) {
    ASSERT_EQ(subnets[l].size(), 33u);
    for (int plane = 0; plane < 33; ++plane) {
      EXPECT_EQ(subnets[l][plane], sky.Id(plane, l));
    }
  }
}

TEST(Subnets, ReachEveryPlaneWhenLayersAreFewEnough) {
  const Constellation sky = Open("starlink-s1");
  for (double t : {0.0, 123.0}) {
    for (const std::vector<int>& subnet : Subnets(sky, 21, t)) {
      std::vector<char> seen(sky.planes(), 0);
      for (int id : subnet) seen[sky.PlaneOf(id)] = 1;
      EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), sky.planes());
    }
  }
}

TEST(ByCentrality, StartsInTheMiddlePlaneAndTheSubnetsMiddle) {
  const Constellation sky = Open("spacemoe-paper");
  const auto subnets = Subnets(sky, 8, 0);  // slots 4 l to 4 l + 3
  const std::vector<int> order = ByCentrality(sky, subnets[2], 2, 8, 0);
  ASSERT_EQ(order.size(), subnets[2].size());
  EXPECT_EQ(order[0], sky.Id(16, 10));  // 112.5 degrees, the exact middle
  // 101.25 and 123.75 degrees are equally far: the smaller id.
  EXPECT_EQ(order[1], sky.Id(16, 9));
  EXPECT_EQ(order[2], sky.Id(16, 11));
  EXPECT_EQ(sky.PlaneOf(order[4]), 15);
}

}  // namespace
}  // namespace spacemoe
