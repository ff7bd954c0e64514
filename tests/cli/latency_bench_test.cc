// `spacemoe bench latency` without satellites: prompts, comparison, output.
#include "cli/bench/latency_bench.h"

#include <string>
#include <vector>

#include "cli/bench/latency_output.h"
#include "cli/bench/prompts.h"
#include "cli/bench/reference.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

BenchLap Lap(double propagation_ms, double software_ms, double predicted_ms) {
  BenchLap lap;
  lap.measured.propagation_ns = static_cast<int64_t>(1e6 * propagation_ms);
  lap.measured.software_ns = static_cast<int64_t>(1e6 * software_ms);
  lap.predicted.propagation_ms = predicted_ms;
  return lap;
}

LatencyBench Bench() {
  LatencyBench bench;
  bench.model = "a_model";
  bench.constellation = "sky";
  bench.activation = "uniform";
  bench.ring.plan.modelled_flops = 2e10;
  bench.texts = {{"Once | upon", 3, {5, 6}, " a *time*\n"}};
  StrategyBench one;
  one.strategy = "compact";
  one.satellites = 30;
  one.laps = {Lap(100, 1, 101), Lap(200, 3, 198)};
  one.forecast.compute_ms = 160;
  bench.strategies.push_back(one);
  StrategyBench none;
  none.strategy = "spacemoe";
  none.no_plan = "a ring of 30 layers is too long";
  bench.strategies.push_back(none);
  bench.machine.processor = "some | processor";
  bench.command = "spacemoe bench latency";
  return bench;
}

TEST(LatencyBench, SplitsTheDifference) {
  const LatencyComparison both = Compare(Bench().strategies[0]);
  EXPECT_DOUBLE_EQ(both.measured.mean, 152);
  EXPECT_DOUBLE_EQ(both.measured.p50, 101);
  EXPECT_DOUBLE_EQ(both.measured.p99, 203);
  EXPECT_DOUBLE_EQ(both.predicted.mean, 149.5);
  EXPECT_DOUBLE_EQ(both.software_ms, 2);
  EXPECT_DOUBLE_EQ(both.model_error_ms, 0.5);
  EXPECT_DOUBLE_EQ(both.difference_ms(), 2.5);
  EXPECT_DOUBLE_EQ(both.worst_lap_error_ms, 2);
  EXPECT_DOUBLE_EQ(both.measured_parts.propagation_ms, 150);
}

TEST(LatencyBench, TableHasBothSidesAndWhatDidNotRun) {
  const std::string table = FormatLatencyBench(Bench());
  EXPECT_THAT(table, HasSubstr("modelled compute, 20 GFLOP/s"));
  EXPECT_THAT(table, HasSubstr("    152.00   101.00   203.00   203.00"));
  EXPECT_THAT(table, HasSubstr("    149.50   101.00   198.00   198.00"));
  EXPECT_THAT(table, HasSubstr("+1.67     +1.34   +0.33"));
  EXPECT_THAT(table, HasSubstr("spacemoe         does not run: a ring of 30"));
  EXPECT_THAT(table, HasSubstr("160.00"));
}

TEST(LatencyBench, JsonAddsUp) {
  const auto json = LatencyBenchToJson(Bench());
  const auto& one = json["strategies"][0];
  EXPECT_EQ(one["measured"]["per_token_ms"]["mean"], 152);
  EXPECT_EQ(one["predicted"]["per_token_ms"]["mean"], 149.5);
  double sum = 0;
  for (const auto& part : one["measured"]["breakdown_ms"]) {
    sum += part.get<double>();
  }
  EXPECT_DOUBLE_EQ(sum, 152);
  EXPECT_EQ(one["difference_ms"]["software"], 2);
  EXPECT_EQ(one["laps"].size(), 2u);
  EXPECT_EQ(one["forecast_ms"], 160);
  EXPECT_FALSE(json["strategies"][1]["ran"].get<bool>());
  EXPECT_EQ(json["strategies"][1]["reason"], "a ring of 30 layers is too long");
  EXPECT_EQ(json["setting"]["satellite_flops"], 2e10);
  EXPECT_EQ(json["texts"][0]["ids"], nlohmann::json({5, 6}));
  EXPECT_EQ(json["command"], "spacemoe bench latency");
}

TEST(LatencyBench, ReportIsAPageOfTables) {
  const std::string page = LatencyBenchToMarkdown(Bench(), "live.svg");
  EXPECT_THAT(page,
              HasSubstr("![Measured beside predicted latency](live.svg)"));
  EXPECT_THAT(page, HasSubstr("| compact | 30 | 2 | 152.00 |"));
  EXPECT_THAT(page, HasSubstr("does not run: a ring of 30"));
  EXPECT_THAT(page, HasSubstr("1. Once \\| upon ** a \\*time\\* ** (3 + 2"));
  EXPECT_THAT(page, HasSubstr("some \\| processor"));
  EXPECT_THAT(page, HasSubstr("```\nspacemoe bench latency\n```"));
  EXPECT_THAT(LatencyBenchToMarkdown(Bench(), ""), Not(HasSubstr("![")));
  // Each row of a table has as many cells as its head.
  size_t cells = 0;
  for (size_t at = 0; at < page.size();) {
    const size_t end = page.find('\n', at);
    const std::string line = page.substr(at, end - at);
    at = end + 1;
    if (line.empty() || line[0] != '|') {
      cells = 0;
      continue;
    }
    size_t bars = 0;
    for (size_t i = 0; i < line.size(); ++i) {
      bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
    }
    if (cells > 0) {
      EXPECT_EQ(bars, cells) << line;
    }
    cells = bars;
  }
}

TEST(LatencyBench, FigureLeavesOutWhatDidNotRun) {
  const std::string script = LatencyPlotScript(Bench(), "a.svg");
  EXPECT_THAT(script, HasSubstr("\"compact\" 0 150 0 0 2"));
  EXPECT_THAT(script, HasSubstr("\"predicted\" 0 149.5 0 0 0"));
  EXPECT_THAT(script, HasSubstr("for [i=0:0]"));
  EXPECT_THAT(script, Not(HasSubstr("spacemoe")));
}

SequenceOutcome Text(std::vector<int64_t> prompt, std::vector<int64_t> ids) {
  SequenceOutcome text;
  text.prompt_ids = std::move(prompt);
  text.ids = std::move(ids);
  return text;
}

TEST(Reference, NamesTheFirstTokenThatDiffers) {
  const std::vector<ReferenceText> reference = {
      {{1}, {2, 3}, std::nullopt, {}}, {{4}, {5, 6}, std::nullopt, {}}};
  const auto check = [&](const SequenceOutcome& second) {
    return CheckSameTexts(reference, "random", {Text({1}, {2, 3}), second});
  };
  EXPECT_TRUE(check(Text({4}, {5, 6})).ok());
  EXPECT_THAT(std::string(check(Text({4}, {5, 7})).message()),
              HasSubstr("strategy random, prompt 2: token 2 of the text: "
                        "expected token 6, found token 7"));
  EXPECT_THAT(std::string(check(Text({4}, {5})).message()),
              HasSubstr("expected token 6, found the end"));
  EXPECT_THAT(std::string(check(Text({4}, {5, 6, 7})).message()),
              HasSubstr("token 3 of the text: expected the end"));
  EXPECT_THAT(std::string(check(Text({9}, {5, 6})).message()),
              HasSubstr("its tokens are not the same"));
  EXPECT_FALSE(CheckSameTexts(reference, "random", {}).ok());
}

TEST(Prompts, AreTheLinesOfAFile) {
  const auto prompts = PromptsOfLines("One.\r\n\n  Two. \nThree", "f");
  ASSERT_TRUE(prompts.ok()) << prompts.status();
  ASSERT_EQ(prompts->size(), 3u);
  EXPECT_EQ(PromptText((*prompts)[0]), "One.");
  EXPECT_EQ(PromptText((*prompts)[1]), "Two.");
  EXPECT_THAT(std::string(PromptsOfLines(" \n\n", "f.txt").status().message()),
              HasSubstr("f.txt: expected a prompt on each line"));
  EXPECT_THAT(
      std::string(
          PromptsOfLines(std::string("a\0b", 3), "f").status().message()),
      HasSubstr("found a NUL at byte 1"));
  EXPECT_THAT(std::string(ReadPrompts("/no/file").status().message()),
              HasSubstr("/no/file"));
  EXPECT_EQ(BuiltInPrompts().size(), 3u);
  EXPECT_EQ(PromptText(TokenPrompt{{1, 2}}), "1,2");
}

TEST(Machine, CommandsCanBePasted) {
  EXPECT_EQ(ShellQuoted("--strategy=a,b"), "--strategy=a,b");
  EXPECT_EQ(ShellQuoted("it's"), "'it'\\''s'");
  EXPECT_EQ(ShellQuoted(""), "''");
  EXPECT_THAT(ThisCommand(), HasSubstr("latency_bench_test"));
  const Machine machine = ThisMachine();
  EXPECT_GT(machine.cores, 0);
  EXPECT_GT(machine.memory_bytes, 0);
  EXPECT_NE(machine.kernel, "");
  EXPECT_NE(machine.libtorch, "");
  EXPECT_NE(machine.grpc, "");
}

}  // namespace
}  // namespace spacemoe
