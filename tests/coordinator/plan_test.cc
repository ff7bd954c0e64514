#include "coordinator/planning/plan.h"

#include <set>
#include <string>

#include "coordinator/planning/model_shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<Checkpoint> Tiny(const std::string& name) {
  auto checkpoint =
      Checkpoint::Open(std::string(SPACEMOE_TESTDATA) + "/models/" + name);
  EXPECT_TRUE(checkpoint.ok()) << checkpoint.status();
  return *std::move(checkpoint);
}

TEST(ModelShape, CountsEveryRoleOfEveryLayer) {
  const auto checkpoint = Tiny("granitemoeshared");
  const ModelConfig& config = checkpoint->config();
  const auto shape = ShapeOf(*checkpoint, false);
  ASSERT_TRUE(shape.ok()) << shape.status();
  ASSERT_EQ(shape->layers.size(), config.layers);
  EXPECT_EQ(shape->layers[0].experts, config.experts);
  EXPECT_EQ(shape->layers[0].top_k, config.experts_per_token);
  EXPECT_GT(shape->layers[0].gateway.bytes, 0);
  EXPECT_GT(shape->head.bytes, 0);
  // Residual and shared part ride together.
  EXPECT_EQ(shape->residual_bytes, 2 * 4 * config.hidden_size + 64);
  EXPECT_EQ(shape->output_bytes, 4 * config.hidden_size + 64);
  EXPECT_EQ(ShapeOf(*checkpoint, true)->output_bytes,
            2 * config.hidden_size + 64);
}

TEST(Plan, RefusesMeasuredAndModelledComputeAtOnce) {
  const auto plan =
      MakePlan(*Tiny("granitemoeshared"),
               {.modelled_flops = 1e9, .measured = {.gateway = 1e-4}});
  EXPECT_TRUE(absl::IsInvalidArgument(plan.status()));
  EXPECT_THAT(std::string(plan.status().message()),
              HasSubstr("--role-seconds"));
}

TEST(Plan, OrdersSatellitesByLayerGatewayFirst) {
  const auto checkpoint = Tiny("granitemoeshared");
  const auto plan = MakePlan(*checkpoint, {});
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_TRUE(RequireFeasible(*plan).ok());
  const int experts = static_cast<int>(checkpoint->config().experts);
  EXPECT_EQ(plan->size(), checkpoint->config().layers * (1 + experts));
  for (int i = 0; i < plan->size(); ++i) {
    const SatelliteRoles& roles = plan->satellites[i];
    EXPECT_EQ(roles.layer, i / (1 + experts));
    EXPECT_EQ(roles.gateway, i % (1 + experts) == 0);
    if (!roles.gateway) {
      EXPECT_THAT(roles.experts, ElementsAre(i % (1 + experts) - 1));
    }
  }
  EXPECT_EQ(HeadIndex(*plan), 0);
  EXPECT_THAT(plan->note, HasSubstr("equally likely"));
}

TEST(Plan, TakesOneSatelliteALayerWhenExpertsFit) {
  const auto checkpoint = Tiny("mixtral");
  PlanOptions options;
  options.experts_per_satellite = 100;
  const auto plan = MakePlan(*checkpoint, options);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->size(), checkpoint->config().layers);
}

TEST(Plan, SendsAlongTheRing) {
  const auto checkpoint = Tiny("mixtral");
  const auto plan = MakePlan(*checkpoint, {});
  ASSERT_TRUE(plan.ok()) << plan.status();
  const Placement& placement = plan->placement();
  for (const SatelliteRoles& roles : plan->satellites) {
    const std::vector<int> peers = PeersOf(*plan, roles);
    const std::set<int> set(peers.begin(), peers.end());
    EXPECT_FALSE(set.contains(roles.satellite));
    EXPECT_TRUE(set.contains(placement.Successor(roles.layer)));
    EXPECT_EQ(set.size(), roles.gateway ? 1 + checkpoint->config().experts : 1);
  }
}

TEST(Plan, SaysByHowMuchItDoesNotFit) {
  const auto checkpoint = Tiny("mixtral");
  PlanOptions options;
  options.memory_bytes = 10;
  const auto plan = MakePlan(*checkpoint, options);
  ASSERT_TRUE(plan.ok()) << plan.status();
  const absl::Status status = RequireFeasible(*plan);
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("needs"));
  EXPECT_EQ(plan->size(), 0);
  EXPECT_TRUE(ReportOf(*plan, true).ok());
}

TEST(Plan, PredictsWhenAsked) {
  const auto checkpoint = Tiny("mixtral");
  PlanOptions options;
  options.modelled_flops = 1e9;
  const auto plan = MakePlan(*checkpoint, options);
  ASSERT_TRUE(plan.ok()) << plan.status();
  const auto report = ReportOf(*plan, true);
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_TRUE(report->prediction.has_value());
  EXPECT_GT(report->prediction->total.propagation_ms, 0);
  EXPECT_GT(report->prediction->total.compute_ms, 0);
  EXPECT_FALSE(ReportOf(*plan, false)->prediction.has_value());
}

TEST(Plan, NamesAnUnknownProfile) {
  const auto checkpoint = Tiny("mixtral");
  PlanOptions options;
  options.profile = "/no/such/profile.json";
  const auto plan = MakePlan(*checkpoint, options);
  EXPECT_THAT(std::string(plan.status().message()),
              HasSubstr("/no/such/profile.json"));
}

struct RoleCase {
  SatelliteRoles roles;
  const char* name;
};

class RoleNameTest : public ::testing::TestWithParam<RoleCase> {};

TEST_P(RoleNameTest, SaysWhatASatelliteHolds) {
  EXPECT_EQ(RoleName(GetParam().roles), GetParam().name);
}

INSTANTIATE_TEST_SUITE_P(
    All, RoleNameTest,
    ::testing::Values(RoleCase{{1, 3, true, false, {}}, "layer 3 gateway"},
                      RoleCase{{1, 0, true, true, {}}, "layer 0 gateway, head"},
                      RoleCase{{1, 3, false, false, {5}}, "layer 3 expert 5"},
                      RoleCase{{1, 3, false, false, {1, 4}},
                               "layer 3 experts 1, 4"},
                      RoleCase{{1, 2, true, false, {0, 1, 2, 3}},
                               "layer 2 gateway, experts 0-3"},
                      RoleCase{{1, -1, false, true, {}}, "head"}));

}  // namespace
}  // namespace spacemoe
