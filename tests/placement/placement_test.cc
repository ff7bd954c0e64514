#include "placement/placement.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/placement/shells.h"
#include "tests/placement/status_check.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;

// Two layers of two experts on the tiny ring of nine.
Placement Valid() {
  return {
      .gateways = {0, 3}, .experts = {{{1}, {2}}, {{4}, {5, 6}}}, .head = 0};
}

void ExpectRefused(const Placement& placement, const std::string& message,
                   const SolveOptions& options = {}) {
  ExpectInvalid(ValidatePlacement(placement, UniformProblem(2, 2, 1),
                                  Open("tiny"), options),
                message);
}

TEST(ValidatePlacement, AcceptsReplicasAndAHeadOfItsOwn) {
  const Constellation sky = Open("tiny");
  const PlacementProblem problem = UniformProblem(2, 2, 1);
  Placement placement = Valid();
  EXPECT_TRUE(ValidatePlacement(placement, problem, sky, {}).ok());
  placement.head = 8;
  EXPECT_TRUE(ValidatePlacement(placement, problem, sky, {}).ok());
  placement.experts[1] = {{3}, {3}};  // the whole layer on its gateway
  EXPECT_TRUE(ValidatePlacement(placement, problem, sky, {}).ok());
}

TEST(ValidatePlacement, RefusesWrongShapes) {
  Placement placement = Valid();
  placement.gateways.pop_back();
  ExpectRefused(placement, "1 gateways and 2 layers of experts");
  placement = Valid();
  placement.experts[1].pop_back();
  ExpectRefused(placement, "layer 1: the placement has 1 experts");
  placement = Valid();
  placement.experts[1][0].clear();
  ExpectRefused(placement, "layer 1's expert 0 has no satellite");
}

TEST(ValidatePlacement, RefusesUnknownAndExcludedSatellites) {
  Placement placement = Valid();
  placement.experts[0][1] = {9};
  ExpectRefused(
      placement,
      "layer 0's expert 1 is on satellite 9, the constellation has 9");
  placement = Valid();
  placement.head = -1;
  ExpectRefused(placement, "the head is on satellite -1");
  ExpectRefused(Valid(), "layer 1's gateway is on the excluded satellite 3",
                {.excluded = {3}});
}

TEST(ValidatePlacement, RefusesASatelliteThatServesTwoLayers) {
  Placement placement = Valid();
  placement.experts[1][0] = {2};
  ExpectRefused(placement, "satellite 2 serves the layers 0 and 1");
  placement = Valid();
  placement.head = 3;
  ExpectRefused(placement, "satellite 3 serves the layers 1 and -1");
}

TEST(ValidatePlacement, RefusesOverloadedSatellites) {
  Placement placement = Valid();
  placement.experts[0] = {{1}, {1}};
  ExpectRefused(placement, "satellite 1 holds 2 experts, at most 1");
  ExpectRefused(Valid(), "satellite 0 needs 150 bytes, it has 149",
                {.memory_bytes_per_satellite = 149});
  placement = Valid();
  placement.experts[1][1] = {5, 5};
  ExpectRefused(placement, "layer 1's expert 1 is on satellite 5 twice");
}

TEST(RolesBySatellite, ListsEverySatelliteOnce) {
  const auto roles = RolesBySatellite(Valid());
  ASSERT_EQ(roles.size(), 7u);
  EXPECT_TRUE(roles[0].gateway && roles[0].head);
  EXPECT_EQ(roles[3].satellite, 3);
  EXPECT_EQ(roles[3].layer, 1);
  EXPECT_THAT(roles[6].experts, ElementsAre(1));
  const ModelShape model = UniformProblem(2, 2, 1).model;
  EXPECT_EQ(BytesOf(roles[0], model), 150);
  EXPECT_EQ(BytesOf(roles[3], model), 100);
  EXPECT_EQ(BytesOf(roles[6], model), 10);
}

TEST(RolesBySatellite, GivesALoneHeadNoLayer) {
  Placement placement = Valid();
  placement.head = 8;
  const auto roles = RolesBySatellite(placement);
  EXPECT_EQ(roles.back().layer, -1);
  EXPECT_EQ(BytesOf(roles.back(), UniformProblem(2, 2, 1).model), 50);
}

}  // namespace
}  // namespace spacemoe
