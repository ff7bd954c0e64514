#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "cli/bench/latency_output.h"

namespace spacemoe {
namespace {

// As a cell of a table, or in a paragraph.
std::string Escaped(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"},
                                    {"|", "\\|"},
                                    {"*", "\\*"},
                                    {"_", "\\_"},
                                    {"<", "&lt;"},
                                    {"`", "\\`"},
                                    {"\r", " "},
                                    {"\n", " "}});
}

std::string LatencyRow(const StrategyBench& bench) {
  if (!bench.ran()) {
    return absl::StrFormat("| %s | does not run: %s |||||||||||||\n",
                           bench.strategy, Escaped(bench.no_plan));
  }
  const LatencyComparison both = Compare(bench);
  return absl::StrFormat(
      "| %s | %d | %d | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f "
      "| %+.2f | %+.3f | %+.3f |\n",
      bench.strategy, bench.satellites, bench.laps.size(), both.measured.mean,
      both.measured.p50, both.measured.p95, both.measured.p99,
      both.predicted.mean, both.predicted.p50, both.predicted.p95,
      both.predicted.p99, 100 * both.Share(both.difference_ms()),
      both.software_ms, both.model_error_ms);
}

std::string LatencyTable(const LatencyBench& bench) {
  std::string table =
      "| strategy | satellites | laps | measured | p50 | p95 | p99 | predicted "
      "| p50 | p95 | p99 | difference, % | software, ms | model error, ms |\n"
      "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";
  for (const StrategyBench& one : bench.strategies) table += LatencyRow(one);
  return table;
}

std::string PartsRow(const std::string& name, const LatencyParts& parts,
                     const std::string& software) {
  return absl::StrFormat("| %s | %.3f | %.3f | %.4f | %.4f | %.3f | %s |\n",
                         name, parts.propagation_ms, parts.processing_ms,
                         parts.serialization_ms, parts.queueing_ms,
                         parts.compute_ms, software);
}

std::string PartsTable(const LatencyBench& bench) {
  std::string table =
      "| | propagation | processing | serialization | queueing | compute | "
      "software |\n|---|--:|--:|--:|--:|--:|--:|\n";
  for (const StrategyBench& one : bench.strategies) {
    if (!one.ran()) continue;
    const LatencyComparison both = Compare(one);
    table +=
        PartsRow(absl::StrCat(one.strategy, ", measured"), both.measured_parts,
                 absl::StrFormat("%.3f", both.software_ms));
    table += PartsRow(absl::StrCat(one.strategy, ", predicted"),
                      both.predicted_parts, "");
  }
  return table;
}

std::string MessagesTable(const LatencyBench& bench) {
  std::string table =
      "| strategy | messages | late by, p50 us | p99 us | at most us | largest "
      "model error of a lap, ms | mean expected from the profile alone, ms |\n"
      "|---|--:|--:|--:|--:|--:|--:|\n";
  for (const StrategyBench& one : bench.strategies) {
    if (!one.ran()) continue;
    absl::StrAppendFormat(
        &table, "| %s | %d | %.0f | %.0f | %.0f | %.3f | %.2f |\n",
        one.strategy, one.links.messages, one.links.LatePercentileUs(0.5),
        one.links.LatePercentileUs(0.99), one.links.max_late_us,
        Compare(one).worst_lap_error_ms, one.forecast.total_ms());
  }
  return table;
}

std::string Texts(const LatencyBench& bench) {
  std::string text;
  for (size_t i = 0; i < bench.texts.size(); ++i) {
    const BenchText& one = bench.texts[i];
    absl::StrAppendFormat(&text, "%d. %s **%s** (%d + %d tokens)\n", i + 1,
                          Escaped(one.prompt), Escaped(one.text),
                          one.prompt_tokens, one.ids.size());
  }
  return text;
}

std::string MachineTable(const LatencyBench& bench) {
  const Machine& m = bench.machine;
  return absl::StrFormat(
      "| | |\n|---|---|\n| processor | %s, %d cores |\n| memory | %.1f GiB "
      "|\n| system | %s |\n| load before the run | %.2f |\n| SpaceMoE | %s "
      "|\n| compiler | %s |\n| libtorch, gRPC | %s, %s |\n| arithmetic | %s, "
      "%s kernels |\n| seeds | placement %d, sampling %d (temperature %g) |\n",
      Escaped(m.processor), m.cores, m.memory_bytes / 1073741824.0,
      Escaped(m.kernel), m.load, m.spacemoe, Escaped(m.compiler), m.libtorch,
      m.grpc, bench.ring.plan.bfloat16 ? "bfloat16" : "float32",
      bench.ring.kernel, bench.ring.plan.seed, bench.sampling_seed,
      bench.temperature);
}

}  // namespace

std::string LatencyBenchToMarkdown(const LatencyBench& bench,
                                   const std::string& plot) {
  const std::string figure =
      plot.empty() ? ""
                   : absl::StrCat("![Measured beside predicted latency](", plot,
                                  ")\n\n");
  return absl::StrCat(
      "# Latency of placements, measured and predicted\n\n",
      Escaped(SettingLine(bench)), ".\n\n## A token's latency\n\n",
      "Milliseconds of a decode lap. Predicted: the simulator at the moments "
      "at which the laps began, with the positions and the experts of these "
      "texts. The difference of the means is the sum of the last two columns: "
      "what the host took beyond the emulated system, and what the simulator "
      "does not explain.\n\n",
      LatencyTable(bench), "\n", figure, "## Where the time goes\n\n",
      "Milliseconds, means over the laps.\n\n", PartsTable(bench),
      "\n## Messages between satellites\n\n", MessagesTable(bench),
      "\n## Texts\n\n",
      "The same for every strategy, and in one process, to the token.\n\n",
      Texts(bench), "\n## Machine\n\n", MachineTable(bench),
      "\n## Command\n\n```\n", bench.command, "\n```\n");
}

}  // namespace spacemoe
