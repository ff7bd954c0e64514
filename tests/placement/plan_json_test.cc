#include "placement/plan_json.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/placement/shells.h"
#include "tests/placement/status_check.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

class PlanReportTest : public ::testing::Test {
 protected:
  PlanReport Report(const PlacementProblem& problem,
                    const SolveOptions& options) {
    PlanReport report{.strategy = "spacemoe",
                      .constellation = &sky_,
                      .problem = &problem,
                      .options = options,
                      .result = *Solve("spacemoe", problem, sky_, options)};
    if (report.result.feasible()) {
      report.prediction =
          *Predict(problem, report.result.placement, sky_, options);
    }
    return report;
  }

  const Constellation sky_ = Open("spacemoe-paper");
};

TEST_F(PlanReportTest, JsonHasEveryRoleAndAddsUp) {
  const PlacementProblem problem = UniformProblem(30, 8, 2);
  const auto json = PlanToJson(Report(problem, {}));
  EXPECT_TRUE(json["feasible"].get<bool>());
  EXPECT_EQ(json["satellites"].get<int>(), 270);
  EXPECT_EQ(json["roles"].size(), 270u);
  EXPECT_EQ(json["per_layer_ms"].size(), 30u);
  EXPECT_EQ(json["bytes_per_satellite"]["max"].get<int>(), 150);
  EXPECT_EQ(json["bytes_per_satellite"]["total"].get<int>(),
            30 * 100 + 240 * 10 + 50);
  double sum = 0;
  for (const auto& part : json["breakdown_ms"]) sum += part.get<double>();
  EXPECT_NEAR(sum, json["predicted_per_token_ms"].get<double>(), 1e-9);
  EXPECT_EQ(json["constellation"]["name"].get<std::string>(), "spacemoe-paper");
}

TEST_F(PlanReportTest, TableHasUnits) {
  const PlacementProblem problem = UniformProblem(30, 8, 2);
  const std::string text = FormatPlan(Report(problem, {.seed = 4}));
  EXPECT_THAT(text, HasSubstr("spacemoe, seed 4, activation uniform"));
  EXPECT_THAT(text, HasSubstr("33 planes x 32 satellites, 550 km, 87 degrees"));
  EXPECT_THAT(text, HasSubstr("270 (30 gateways, 240 expert satellites, 1 "
                              "expert each)"));
  EXPECT_THAT(text, HasSubstr("ms per token = propagation"));
  EXPECT_EQ(text.back(), '\n');
}

TEST_F(PlanReportTest, InfeasibleSaysWhy) {
  const PlacementProblem problem = UniformProblem(40, 8, 2);
  const PlanReport report = Report(problem, {});
  const auto json = PlanToJson(report);
  EXPECT_FALSE(json["feasible"].get<bool>());
  EXPECT_THAT(json["reason"].get<std::string>(), HasSubstr("40 layers"));
  EXPECT_FALSE(json.contains("placement"));
  EXPECT_THAT(FormatPlan(report), HasSubstr("no plan     a ring of 40"));
}

TEST_F(PlanReportTest, OneSatelliteALayer) {
  const PlacementProblem problem = UniformProblem(30, 8, 2);
  const std::string text =
      FormatPlan(Report(problem, {.experts_per_satellite = 8}));
  EXPECT_THAT(text, HasSubstr("satellites  30, one a layer"));
}

TEST(PlacementJson, RoundTrips) {
  const Placement placement{
      .gateways = {0, 3}, .experts = {{{1}, {2}}, {{4}, {5, 6}}}, .head = 0};
  const auto again =
      PlacementFromJson(PlacementToJson(placement).dump(), "plan");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, placement);
}

TEST(PlacementJson, RefusesBadInput) {
  ExpectInvalid(PlacementFromJson("{", "plan").status(), "plan: not JSON");
  ExpectInvalid(PlacementFromJson("{\"gateways\": [1]}", "plan").status(),
                "plan: field 'experts' is missing");
  ExpectInvalid(
      PlacementFromJson("{\"gateways\": [\"x\"], \"experts\": [], \"head\": 0}",
                        "plan")
          .status(),
      "plan: gateways[0]: expected a whole number, found \"x\"");
  ExpectInvalid(PlacementFromJson("{\"a\": 1}", "plan").status(),
                "unknown field 'a'");
}

}  // namespace
}  // namespace spacemoe
