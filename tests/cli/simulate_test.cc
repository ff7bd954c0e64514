#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "cli/simulate/paper.h"
#include "cli/simulate/plot.h"
#include "cli/simulate/report.h"
#include "cli/simulate/setting.h"
#include "cli/simulate/simulate_flags.h"
#include "cli/simulate/sweep.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

struct Parsed {
  SimulateFlags flags;
  std::string error;
};

Parsed Parse(std::vector<std::string> args) {
  CLI::App app;
  Parsed parsed;
  AddSimulateFlags(&app, &parsed.flags);
  std::reverse(args.begin(), args.end());
  try {
    app.parse(args);
  } catch (const CLI::ParseError& error) {
    parsed.error = error.what();
  }
  return parsed;
}

SimulateReport Report(const SimulateSetting& setting) {
  const auto sky = ConstellationOf(setting);
  EXPECT_TRUE(sky.ok()) << sky.status();
  const auto experiment = ExperimentOf(setting, *sky);
  EXPECT_TRUE(experiment.ok()) << experiment.status();
  SimulateReport report{.setting = setting,
                        .constellation = sky->spec(),
                        .shell = sky->shell(),
                        .horizon_s = experiment->solve.horizon_s};
  for (const std::string& strategy : StrategiesOf(setting)) {
    auto run = RunStrategy(strategy, *experiment);
    EXPECT_TRUE(run.ok()) << run.status();
    report.runs.push_back(*std::move(run));
  }
  return report;
}

SimulateSetting Small() {
  SimulateSetting setting;
  SetPaper(&setting);
  setting.slots = 4;
  setting.seeds = 2;
  setting.dimensions.layers = 8;
  setting.simulation.tokens_per_slot = 10;
  return setting;
}

TEST(Simulate, PaperIsThePapersSetting) {
  const Parsed parsed = Parse({"--paper"});
  ASSERT_EQ(parsed.error, "");
  EXPECT_TRUE(parsed.flags.paper);
  EXPECT_EQ(parsed.flags.setting.slots, 200);
  EXPECT_EQ(parsed.flags.setting.topology.survival, 0.95);
  EXPECT_EQ(parsed.flags.setting.satellite_flops, 7.28e9);
  EXPECT_EQ(parsed.flags.setting.processing_ms, 0);
  EXPECT_EQ(StrategiesOf(parsed.flags.setting).size(), 7u);
}

TEST(Simulate, OtherFlagsChangeThePapersSetting) {
  const Parsed parsed = Parse({"--slots", "7", "--paper", "--flops", "1T",
                               "--strategy", "compact,random"});
  ASSERT_EQ(parsed.error, "");
  EXPECT_EQ(parsed.flags.setting.slots, 7);
  EXPECT_EQ(parsed.flags.setting.satellite_flops, 1e12);
  EXPECT_THAT(StrategiesOf(parsed.flags.setting),
              ::testing::ElementsAre("compact", "random"));
}

struct BadFlag {
  std::vector<std::string> args;
  const char* expected;
};

class BadSimulateFlag : public ::testing::TestWithParam<BadFlag> {};

TEST_P(BadSimulateFlag, SaysWhatWasExpected) {
  EXPECT_THAT(Parse(GetParam().args).error, HasSubstr(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadSimulateFlag,
    ::testing::Values(
        BadFlag{{"--survival", "0"}, "at 0 there are no links"},
        BadFlag{{"--survival", "nan"}, "survival must be in (0, 1]"},
        BadFlag{{"--survival", "1.5"}, "found 1.5"},
        BadFlag{{"--polar-cut", "-1"}, "polar_cut_deg"},
        BadFlag{{"--tracking-limit", "-0.1"}, "tracking_limit_rad_s"},
        BadFlag{{"--flops", "-3"}, "positive number"},
        BadFlag{{"--skew", "nan"}, "--skew"},
        BadFlag{{"--slots", "0"}, "from 1 to"},
        BadFlag{{"--strategy", "best"}, "known are spacemoe"},
        BadFlag{{"--disconnected", "never"}, "skip, wait or penalty:MS"},
        BadFlag{{"--disconnected", "penalty:-1"}, "penalty:MS"},
        BadFlag{{"--sweep", "altitude"}, "NAME=VALUE"},
        BadFlag{{"--sweep", "height=3"}, "altitude, inclination"},
        BadFlag{{"--sweep", "size=33"}, "such as 33x32"},
        BadFlag{{"--sweep", "survival=0"}, "survival from"}));

TEST(Simulate, JsonHasEveryStrategyAndTheSetting) {
  SimulateReport report = Report(Small());
  report.paper = true;
  const auto json = ReportToJson(report);
  ASSERT_EQ(json["strategies"].size(), 7u);
  for (const auto& strategy : json["strategies"]) {
    const auto& token = strategy["per_token_ms"];
    EXPECT_LE(token["p50"], token["p95"]);
    EXPECT_LE(token["p95"], token["p99"]);
    double sum = 0;
    for (const auto& part : strategy["breakdown_ms"]) sum += part.get<double>();
    EXPECT_NEAR(sum, token["mean"].get<double>(), 1e-6);
    EXPECT_EQ(strategy["per_layer_ms"].size(), 8u);
    EXPECT_EQ(strategy["seeds"].size(), 2u);
  }
  EXPECT_EQ(json["strategies"][0]["published_ms"], 5290);
  EXPECT_TRUE(json["strategies"][3]["published_ms"].is_null());
  EXPECT_EQ(json["setting"]["slots"], 4);
  EXPECT_GT(json["lower_bound_ms"].get<double>(), 0);
  const std::string table = FormatReport(report);
  for (const char* text : {"compact", "published", "lower bound", "Unknown"}) {
    EXPECT_THAT(table, HasSubstr(text));
  }
}

TEST(Simulate, SaysWhichStrategyHasNoPlan) {
  SimulateSetting setting = Small();
  setting.dimensions.layers = 40;
  setting.strategies = {"spacemoe", "compact"};
  const SimulateReport report = Report(setting);
  const auto json = ReportToJson(report);
  EXPECT_FALSE(json["strategies"][0]["feasible"].get<bool>());
  EXPECT_THAT(json["strategies"][0]["reason"].get<std::string>(),
              HasSubstr("needs at least 40 satellites in a plane"));
  EXPECT_TRUE(json["strategies"][1]["feasible"].get<bool>());
  EXPECT_THAT(FormatReport(report), HasSubstr("no plan"));
}

TEST(Simulate, SweepsVaryOneQuantity) {
  const auto sweep = ParseSweep("size=10x12,33x32", Small());
  ASSERT_TRUE(sweep.ok()) << sweep.status();
  ASSERT_EQ(sweep->points.size(), 2u);
  EXPECT_EQ(sweep->points[0].setting.planes, 10);
  EXPECT_EQ(sweep->points[0].x, 120);
  const auto flops = ParseSweep("flops=1G,1e12", Small());
  ASSERT_TRUE(flops.ok()) << flops.status();
  EXPECT_EQ(flops->points[1].setting.satellite_flops, 1e12);
  EXPECT_EQ(flops->points[0].x, 1e9);
}

TEST(Simulate, HigherOrbitsTakeLonger) {
  SimulateSetting setting = Small();
  setting.strategies = {"spacemoe"};
  SweepReport report{*ParseSweep("altitude=400,1200", setting), {}};
  for (const SweepPoint& point : report.sweep.points) {
    report.points.push_back(Report(point.setting));
  }
  EXPECT_LT(report.points[0].runs[0].MeanMs(),
            report.points[1].runs[0].MeanMs());
  EXPECT_EQ(SweepToJson(report)["points"].size(), 2u);
  EXPECT_THAT(FormatSweep(report), HasSubstr("1200"));
  EXPECT_THAT(PlotScript(report, "it's.svg"), HasSubstr("'it''s.svg'"));
}

TEST(Simulate, AProfileOfAnotherModelIsRefused) {
  SimulateSetting setting = Small();
  setting.profile = SPACEMOE_SOURCE_DIR "/models/demo/profile.json";
  const auto sky = ConstellationOf(setting);
  EXPECT_THAT(std::string(ExperimentOf(setting, *sky).status().message()),
              HasSubstr("the profile is for granitemoeshared"));
}

TEST(Plot, SaysHowToInstallGnuplot) {
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nonexistent", 1);
  const absl::Status status = CheckGnuplot();
  setenv("PATH", path.c_str(), 1);
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("apt-get install gnuplot-nox"));
}

}  // namespace
}  // namespace spacemoe
