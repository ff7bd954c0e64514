#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cli/compose/compose_file.h"
#include "cli/compose/plan_services.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "yaml-cpp/yaml.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Three satellites: layer 0 on the first and the last, layer 1 between.
constexpr char kPlan[] = R"({
  "feasible": true, "strategy": "spacemoe",
  "constellation": {"name": "spacemoe-paper"},
  "experts_per_satellite": 1, "seed": 7, "start_time_s": 12.5,
  "profile": "uniform",
  "roles": [
    {"layer": 0, "gateway": false, "bytes": 1000},
    {"layer": 1, "gateway": true, "bytes": 300},
    {"layer": 0, "gateway": true, "bytes": 20}]})";

PlanServices Parsed() { return *ParsePlanServices(kPlan, "plan"); }

TEST(PlanServices, GroupSatellitesByLayer) {
  const PlanServices plan = Parsed();
  EXPECT_EQ(plan.satellites, 3);
  ASSERT_EQ(plan.layers.size(), 2);
  EXPECT_THAT(plan.layers[0].indices, ElementsAre(0, 2));
  EXPECT_EQ(plan.layers[0].weight_bytes, 1020);
  EXPECT_EQ(plan.layers[0].gateways, 1);
  EXPECT_THAT(plan.layers[1].indices, ElementsAre(1));
}

TEST(PlanServices, NameTheFieldThatIsWrong) {
  const struct {
    const char* from;
    const char* to;
    const char* message;
  } cases[] = {
      {"\"feasible\": true", "\"feasible\": 1", "feasible"},
      {"\"seed\": 7", "\"seed\": -1", "seed"},
      {"\"seed\": 7", "\"seed\": 18446744073709551615", "seed"},
      {"\"start_time_s\": 12.5", "\"start_time_s\": \"x\"", "start_time_s"},
      {"\"bytes\": 300", "\"bytes\": 1e300", "bytes"},
      {"\"layer\": 1", "\"layers\": 1", "layer"},
      {"\"roles\": [", "\"roles\": [1,", "roles"},
      {"\"strategy\": \"spacemoe\"", "\"strategy\": {}", "strategy"},
      {"{\"name\": \"spacemoe-paper\"}", "[]", "constellation"},
  };
  for (const auto& test : cases) {
    const std::string text = absl::StrReplaceAll(kPlan, {{test.from, test.to}});
    ASSERT_NE(text, kPlan);
    const auto plan = ParsePlanServices(text, "plan.json");
    EXPECT_TRUE(absl::IsInvalidArgument(plan.status())) << test.to;
    EXPECT_THAT(std::string(plan.status().message()),
                HasSubstr(absl::StrCat("plan.json: ", test.message)));
  }
  EXPECT_TRUE(
      absl::IsInvalidArgument(ParsePlanServices("nonsense", "x").status()));
}

TEST(PlanServices, RefuseAPlanThatDoesNotFit) {
  const std::string text = absl::StrReplaceAll(
      kPlan, {{"\"feasible\": true", "\"feasible\": false"}});
  EXPECT_TRUE(
      absl::IsFailedPrecondition(ParsePlanServices(text, "x").status()));
}

TEST(PlanServices, RefuseAConstellationThatContainersDoNotHave) {
  const std::string text =
      absl::StrReplaceAll(kPlan, {{"spacemoe-paper", "mine"}});
  const auto plan = ParsePlanServices(text, "x");
  EXPECT_TRUE(absl::IsFailedPrecondition(plan.status())) << plan.status();
  EXPECT_THAT(std::string(plan.status().message()), HasSubstr("'mine'"));
}

TEST(ComposeFile, HasAServiceForEachLayer) {
  const PlanServices plan = Parsed();
  const ComposeOptions options{.model = "/models/a b"};
  const YAML::Node file = YAML::Load(ComposeFile(plan, options));
  const YAML::Node services = file["services"];
  EXPECT_EQ(services.size(), 5);  // keys, coordinator, client, two layers
  const YAML::Node layer = services["layer-00"];
  EXPECT_EQ(layer["command"][7].as<std::string>(), "0,2");
  EXPECT_EQ(layer["mem_limit"].as<int64_t>(),
            MemoryLimitOf(plan.layers[0], options));
  EXPECT_THAT(services["coordinator"]["command"].as<std::string>(),
              HasSubstr("--placement-seed 7 --epoch-offset 12.5"));
  EXPECT_EQ(services["coordinator"]["volumes"][0].as<std::string>(),
            "/models/a b:/model:ro");
}

TEST(ComposeFile, LimitsGrowWithWhatIsInside) {
  const PlanServices plan = Parsed();
  ComposeOptions options{.model = "/m", .kv_bytes = 1 << 20};
  const int64_t two = MemoryLimitOf(plan.layers[0], options);
  const int64_t one = MemoryLimitOf(plan.layers[1], options);
  EXPECT_GT(two, one + 1020 - 300);
  options.kv_bytes = 2 << 20;
  EXPECT_EQ(MemoryLimitOf(plan.layers[0], options), two + (1 << 20));
}

// What a path or a flag holds stays a value.
TEST(ComposeFile, QuotesWhatComesFromOutside) {
  const ComposeOptions options{
      .image = "a\"b: c", .model = "/m$HOME\\x", .flags = "--links off"};
  const YAML::Node file = YAML::Load(ComposeFile(Parsed(), options));
  EXPECT_EQ(file["x-node"]["image"].as<std::string>(), "a\"b: c");
  EXPECT_EQ(file["services"]["coordinator"]["volumes"][0].as<std::string>(),
            "/m$$HOME\\x:/model:ro");
}

}  // namespace
}  // namespace spacemoe
