// `spacemoe bench latency`: live satellites beside the simulator.
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/program.h"

namespace spacemoe {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

std::vector<std::string> Latency(const std::string& model,
                                 std::vector<std::string> more) {
  std::vector<std::string> args = {"bench", "latency", "--model", model};
  args.insert(args.end(), more.begin(), more.end());
  return args;
}

std::string Read(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

class BenchFiles : public ::testing::Test {
 protected:
  BenchFiles()
      : folder_(std::filesystem::temp_directory_path() /
                ("spacemoe-bench-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~BenchFiles() override { std::filesystem::remove_all(folder_); }

  std::string File(const std::string& name) const { return folder_ / name; }

  const std::filesystem::path folder_;
};

// A busy host is booked as software, and may bring another path in last.
void ExpectPredicted(const json& strategy) {
  ASSERT_TRUE(strategy["ran"].get<bool>()) << strategy;
  const double predicted = strategy["predicted"]["per_token_ms"]["mean"];
  const double measured = strategy["measured"]["per_token_ms"]["mean"];
  const json& difference = strategy["difference_ms"];
  const double software = difference["software"];
  EXPECT_GT(predicted, 0);
  EXPECT_GE(software, 0);
  EXPECT_NEAR(measured, predicted + difference["total"].get<double>(), 1e-6);
  EXPECT_LE(std::abs(difference["model_error"].get<double>()),
            0.03 * predicted + software)
      << strategy;
}

bool HasGnuplot() {
  return std::system("command -v gnuplot >/dev/null 2>&1") == 0;
}

TEST_F(BenchFiles, EveryStrategyLivesAsPredicted) {
  std::vector<std::string> args = {"--ids",         "5,9,14,3",
                                   "--ids",         "7,2",
                                   "--max-tokens",  "5",
                                   "--ignore-eos",  "--compute",
                                   "modelled:100M", "--epoch-offset",
                                   "300",           "--json",
                                   "--report",      File("report.md")};
  if (HasGnuplot()) args.insert(args.end(), {"--plot", File("live.svg")});
  const ProgramResult result =
      Spacemoe(Latency(TinyModel("granitemoeshared"), args));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "") << "quiet in a pipe";
  const json parsed = result.Json();
  ASSERT_EQ(parsed["strategies"].size(), 7u);
  for (const json& strategy : parsed["strategies"]) {
    ExpectPredicted(strategy);
    EXPECT_EQ(strategy["laps"].size(), 8u);
    EXPECT_GE(strategy["laps"][0]["start_s"].get<double>(), 300);
  }
  EXPECT_EQ(parsed["texts"].size(), 2u);
  EXPECT_EQ(parsed["texts"][0]["ids"].size(), 5u);
  const std::string report = Read(File("report.md"));
  EXPECT_THAT(report, HasSubstr("| compact |"));
  EXPECT_THAT(report, HasSubstr("--compute modelled:100M"));
  if (!HasGnuplot()) return;
  EXPECT_THAT(report, HasSubstr("(live.svg)"));
  EXPECT_THAT(Read(File("live.svg")), HasSubstr("</svg>"));
}

// Boards so slow that experts spread, two on a satellite.
TEST_F(BenchFiles, ExpertsThatShareASatelliteLiveAsPredicted) {
  const ProgramResult result = Spacemoe(
      Latency(TinyModel("mixtral"),
              {"--ids", "5,9,14,3", "--max-tokens", "6", "--ignore-eos",
               "--compute", "modelled:20M", "--strategy", "spacemoe,compact",
               "--experts-per-satellite", "2", "--json"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json report = result.Json();
  for (const json& strategy : report["strategies"]) {
    ExpectPredicted(strategy);
  }
}

bool HasMixedGateway(const json& plan) {
  for (const json& roles : plan["roles"]) {
    const size_t experts = roles["experts"].size();
    if (roles["gateway"].get<bool>() && experts > 0 && experts < 8) return true;
  }
  return false;
}

bool HasCopies(const json& plan) {
  for (const json& layer : plan["placement"]["experts"]) {
    for (const json& copies : layer) {
      if (copies.size() > 1) return true;
    }
  }
  return false;
}

TEST_F(BenchFiles, MixedGatewaysAndCopiesLiveAsPredicted) {
  const std::vector<std::string> setting = {
      "--strategy", "compact", "--mixed-gateways", "--copies",
      "2",          "--json",  "--compute",        "modelled:2M"};
  std::vector<std::string> args = {"plan", "--model", TinyModel("mixtral")};
  args.insert(args.end(), setting.begin(), setting.end());
  const json plan = Spacemoe(args).Json();
  EXPECT_TRUE(HasMixedGateway(plan)) << plan["placement"];
  EXPECT_TRUE(HasCopies(plan)) << plan["placement"];
  args = Latency(TinyModel("mixtral"), setting);
  args.insert(args.end(), {"--ids", "5,9,14,3", "--ids", "200,3",
                           "--max-tokens", "8", "--ignore-eos"});
  const ProgramResult result = Spacemoe(args);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  ExpectPredicted(result.Json()["strategies"][0]);
}

TEST_F(BenchFiles, MeasuredComputeIsPredictedFromACalibration) {
  const ProgramResult result =
      Spacemoe(Latency(TinyModel("mixtral"),
                       {"--ids", "5,9", "--max-tokens", "4", "--ignore-eos",
                        "--strategy", "spacemoe", "--json"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json parsed = result.Json();
  ExpectPredicted(parsed["strategies"][0]);
  EXPECT_GT(parsed["setting"]["role_seconds"]["gateway"].get<double>(), 0);
  EXPECT_GT(parsed["strategies"][0]["predicted"]["breakdown_ms"]["compute"]
                .get<double>(),
            0);
}

TEST_F(BenchFiles, SaysWhichStrategyHasNoPlan) {
  const ProgramResult result =
      Spacemoe(Latency(TinyModel("mixtral"),
                       {"--ids", "5,9", "--constellation", "tiny", "--strategy",
                        "spacemoe,compact", "--compute", "modelled:1G"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("spacemoe         does not run: "));
  const ProgramResult none =
      Spacemoe(Latency(TinyModel("mixtral"), {"--ids", "5,9", "--constellation",
                                              "tiny", "--strategy", "random"}));
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.out, HasSubstr("does not run"));
}

struct BadBench {
  const char* name;
  std::vector<std::string> args;
  int exit_code;
  const char* message;
};

class BadBenchTest : public ::testing::TestWithParam<BadBench> {};

TEST_P(BadBenchTest, IsTold) {
  const ProgramResult result = Spacemoe(GetParam().args);
  EXPECT_EQ(result.exit_code, GetParam().exit_code) << result.err;
  EXPECT_THAT(result.err, HasSubstr(GetParam().message));
  EXPECT_EQ(result.out, "");
}

std::vector<std::string> Ids(std::vector<std::string> more) {
  more.insert(more.end(), {"--ids", "5,9"});
  return Latency(TinyModel("mixtral"), std::move(more));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadBenchTest,
    ::testing::Values(
        BadBench{"NothingToBench", {"bench"}, 2, "spacemoe bench --help"},
        BadBench{"Strategy", Ids({"--strategy", "best"}), 2,
                 "spacemoe bench latency --help"},
        BadBench{"StrategyTwice", Ids({"--strategy", "random,random"}), 2,
                 "found 'random' again"},
        BadBench{"MissingPrompts", Ids({"--prompts", "/no/prompts"}), 2,
                 "/no/prompts"},
        BadBench{"LinksOff", Ids({"--links", "off"}), 2, "--links"},
        BadBench{"RoleSeconds", Ids({"--role-seconds", "1,2"}), 2,
                 "of a gateway, an expert and the head"},
        BadBench{"BothKindsOfCompute",
                 Ids({"--role-seconds", "1,2,3", "--compute", "modelled:1G"}),
                 1, "--role-seconds is for measured compute"},
        BadBench{"NoTokenizer", Latency(TinyModel("mixtral"), {}), 1,
                 "tokenizer"},
        BadBench{"NoFolderForTheReport",
                 Ids({"--report", "/no/folder/report.md"}), 1,
                 "--report: cannot write /no/folder/report.md"},
        BadBench{"NoSecondToken",
                 Ids({"--max-tokens", "1", "--strategy", "compact"}), 1,
                 "no text has a second token"}),
    [](const auto& info) { return info.param.name; });

// A child finds no program by its name.
TEST_F(BenchFiles, SaysHowToInstallGnuplot) {
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nonexistent", 1);
  const std::vector<ProgramResult> results = {
      Spacemoe(Ids({"--plot", File("live.svg")})),
      Spacemoe({"simulate", "--paper", "--plot", File("paper.svg")})};
  setenv("PATH", path.c_str(), 1);
  for (const ProgramResult& result : results) {
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("apt-get install gnuplot-nox"));
  }
}

TEST_F(BenchFiles, AFailingGnuplotLosesNoNumbers) {
  const std::string gnuplot = File("gnuplot");
  std::ofstream(gnuplot) << "#!/bin/sh\ncat >/dev/null\nexit 3\n";
  std::filesystem::permissions(gnuplot, std::filesystem::perms::owner_all);
  const std::string path = std::getenv("PATH");
  setenv("PATH", absl::StrCat(folder_.string(), ":", path).c_str(), 1);
  const ProgramResult result = Spacemoe(
      {"simulate", "--layers", "4", "--slots", "2", "--seeds", "1",
       "--strategy", "spacemoe", "--json", "--plot", File("figure.svg")});
  setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("gnuplot failed"));
  EXPECT_EQ(result.Json()["strategies"].size(), 1) << result.out;
}

TEST_F(BenchFiles, AFigureThatCannotBeWrittenIsSaidFirst) {
  if (!HasGnuplot()) GTEST_SKIP() << "no gnuplot";
  const ProgramResult result =
      Spacemoe({"simulate", "--paper", "--plot", "/no/folder/figure.svg"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("--plot: cannot write /no/folder"));
}

}  // namespace
}  // namespace spacemoe
