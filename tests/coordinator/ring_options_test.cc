#include "coordinator/options/ring_options.h"

#include <string>
#include <vector>

#include "coordinator/options/flag_helpers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

struct Parsed {
  RingOptions options;
  std::string error;
};

Parsed Parse(std::vector<std::string> args) {
  Parsed parsed;
  CLI::App app;
  AddPlanFlags(&app, &parsed.options);
  AddComputeFlags(&app, &parsed.options);
  AddComputeTimeFlag(&app, &parsed.options);
  AddTimeFlags(&app, &parsed.options);
  std::reverse(args.begin(), args.end());
  try {
    app.parse(args);
  } catch (const CLI::ParseError& error) {
    parsed.error = error.what();
  }
  return parsed;
}

TEST(RingOptions, DefaultsAreThoseOfThePaper) {
  const RingOptions options = Parse({}).options;
  EXPECT_EQ(options.plan.constellation, "spacemoe-paper");
  EXPECT_EQ(options.plan.strategy, "spacemoe");
  EXPECT_FALSE(options.plan.experts_per_satellite.has_value());
  EXPECT_TRUE(options.links);
  EXPECT_EQ(options.time_scale, 1);
  EXPECT_EQ(options.plan.modelled_flops, 0);
}

TEST(RingOptions, TellTheCoordinatorToTrace) {
  RingOptions options;
  EXPECT_THAT(ToArguments(options),
              ::testing::Not(::testing::Contains("--trace")));
  options.trace = true;
  EXPECT_THAT(ToArguments(options), ::testing::Contains("--trace"));
}

TEST(RingOptions, SurviveTheWayToTheCoordinator) {
  RingOptions options;
  options.plan.constellation = "starlink-s1";
  options.plan.strategy = "random";
  options.plan.experts_per_satellite = 3;
  options.plan.profile = "a b.json";
  options.plan.epoch_offset_s = 0.1;
  options.plan.memory_bytes = 12345;
  options.plan.seed = 99;
  options.plan.mixed_gateways = true;
  options.plan.max_copies = 3;
  options.plan.bfloat16 = true;
  options.plan.measured = {0.1, 2e-5, 3};
  options.links = false;
  options.time_scale = 0.3;
  options.kernel = "aten";
  const Parsed parsed = Parse(ToArguments(options));
  ASSERT_EQ(parsed.error, "");
  EXPECT_EQ(ToArguments(parsed.options), ToArguments(options));
  EXPECT_EQ(parsed.options.plan.epoch_offset_s, 0.1);
  EXPECT_EQ(parsed.options.time_scale, 0.3);
  EXPECT_EQ(parsed.options.plan.measured.gateway, 0.1);
  EXPECT_TRUE(parsed.options.plan.mixed_gateways);
  EXPECT_EQ(parsed.options.plan.max_copies, 3);
  options.plan.measured = {};
  options.plan.modelled_flops = 1.5e9;
  EXPECT_EQ(Parse(ToArguments(options)).options.plan.modelled_flops, 1.5e9);
}

struct BadFlag {
  std::vector<std::string> args;
  const char* expected;
};

class BadFlagTest : public ::testing::TestWithParam<BadFlag> {};

TEST_P(BadFlagTest, SaysWhatWasExpected) {
  const Parsed parsed = Parse(GetParam().args);
  EXPECT_THAT(parsed.error, HasSubstr(GetParam().expected));
  EXPECT_THAT(parsed.error, HasSubstr(GetParam().args[0]));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadFlagTest,
    ::testing::Values(BadFlag{{"--constellation", "nosuch"}, "spacemoe-paper"},
                      BadFlag{{"--strategy", "best"}, "random-intra-cg"},
                      BadFlag{{"--experts-per-satellite", "0"}, "from 1 to"},
                      BadFlag{{"--experts-per-satellite", "x"}, "found 'x'"},
                      BadFlag{{"--epoch-offset", "-1"}, "at least 0"},
                      BadFlag{{"--memory", "much"}, "512M"},
                      BadFlag{{"--clock", "fast"}, "scaled:F"},
                      BadFlag{{"--clock", "scaled:0"}, "positive F"},
                      BadFlag{{"--compute", "modelled:"},
                              "measured, or modelled:FLOPS"},
                      BadFlag{{"--role-seconds", "1,2"}, "of a gateway"},
                      BadFlag{{"--role-seconds", "1,-2,3"}, "found '1,-2,3'"},
                      BadFlag{{"--role-seconds", "1,nan,3"}, "of a gateway"},
                      BadFlag{{"--links", "maybe"}, "on or off"},
                      BadFlag{{"--dtype", "float8"}, "float32 or bfloat16"},
                      BadFlag{{"--kernel", "cuda"}, "native or aten"},
                      BadFlag{{"--placement-seed", "-3"}, "2^64"}));

TEST(ValueParsers, TakeSuffixes) {
  EXPECT_EQ(*ParseAmount("20G"), 20e9);
  EXPECT_EQ(*ParseAmount("2e9"), 2e9);
  EXPECT_EQ(*ParseBytes("2K"), 2048);
  EXPECT_EQ(*ParseCompute("modelled:1T"), 1e12);
  EXPECT_EQ(*ParseClock("scaled:0.5"), 0.5);
  for (const char* bad : {"", "G", "-1", "nan", "inf", "1X", "0"}) {
    EXPECT_FALSE(ParseAmount(bad).ok()) << bad;
  }
}

TEST(RepeatedFlag, KeepsTheOrderOfTheCommandLine) {
  CLI::App app;
  std::vector<std::string> seen;
  const auto reader = [&seen](const std::string& prefix) {
    return [&seen, prefix](const std::string& value) {
      seen.push_back(prefix + value);
      return absl::OkStatus();
    };
  };
  AddRepeatedFlag(&app, "--a", "X", "", reader("a:"));
  AddRepeatedFlag(&app, "--b", "X", "", reader("b:"));
  std::vector<std::string> args = {"--a", "1", "--b=2", "--a", "-3",
                                   "--b", "",  "--a",   "[x]"};
  std::reverse(args.begin(), args.end());
  app.parse(args);
  EXPECT_THAT(seen,
              ::testing::ElementsAre("a:1", "b:2", "a:-3", "b:", "a:[x]"));
}

}  // namespace
}  // namespace spacemoe
