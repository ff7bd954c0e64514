#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/bench/latency_output.h"

namespace spacemoe {
namespace {

std::string SummaryColumns(const LatencySummary& summary) {
  return absl::StrFormat("%10.2f %8.2f %8.2f %8.2f", summary.mean, summary.p50,
                         summary.p95, summary.p99);
}

std::string LatencyLine(const StrategyBench& bench) {
  if (!bench.ran()) {
    return absl::StrFormat("%-16s does not run: %s\n", bench.strategy,
                           bench.no_plan);
  }
  const LatencyComparison both = Compare(bench);
  return absl::StrFormat(
      "%-16s %5d %s  %s  %+8.2f %+9.2f %+7.2f\n", bench.strategy,
      bench.laps.size(), SummaryColumns(both.measured),
      SummaryColumns(both.predicted), 100 * both.Share(both.difference_ms()),
      100 * both.Share(both.software_ms),
      100 * both.Share(both.model_error_ms));
}

std::string PartsColumns(const LatencyParts& parts) {
  return absl::StrFormat("%11.3f %10.3f %8.4f %8.4f %9.3f",
                         parts.propagation_ms, parts.processing_ms,
                         parts.serialization_ms, parts.queueing_ms,
                         parts.compute_ms);
}

std::string PartsLines(const StrategyBench& bench) {
  if (!bench.ran()) return "";
  const LatencyComparison both = Compare(bench);
  return absl::StrFormat("%-16s measured  %s %9.3f\n%-16s predicted %s %9s\n",
                         bench.strategy, PartsColumns(both.measured_parts),
                         both.software_ms, "",
                         PartsColumns(both.predicted_parts), "");
}

std::string RunLine(const StrategyBench& bench) {
  if (!bench.ran()) return "";
  const LatencyComparison both = Compare(bench);
  return absl::StrFormat(
      "%-16s %5d %9d %8.0f %8.0f %8.0f %10.3f %12.2f %9.1f\n", bench.strategy,
      bench.satellites, bench.links.messages, bench.links.LatePercentileUs(0.5),
      bench.links.LatePercentileUs(0.99), bench.links.max_late_us,
      both.worst_lap_error_ms, bench.forecast.total_ms(), bench.wall_seconds);
}

std::string Compute(const RingOptions& ring) {
  if (ring.plan.modelled_flops > 0) {
    return absl::StrFormat("modelled compute, %.4g GFLOP/s",
                           ring.plan.modelled_flops / 1e9);
  }
  const RoleSeconds& seconds = ring.plan.measured;
  return absl::StrFormat(
      "measured compute (predicted with %.1f us a gateway, %.1f an expert, "
      "%.1f the head)",
      1e6 * seconds.gateway, 1e6 * seconds.expert, 1e6 * seconds.head);
}

}  // namespace

std::string SettingLine(const LatencyBench& bench) {
  const RingOptions& ring = bench.ring;
  return absl::StrCat(
      bench.model, " on ", bench.constellation,
      " from t = ", ring.plan.epoch_offset_s, " s; ", Compute(ring), "; ",
      ring.time_scale == 1
          ? "real clock"
          : absl::StrFormat("emulated time %g times as fast", ring.time_scale),
      "; ", bench.texts.size(), " texts, one in flight; placement seed ",
      ring.plan.seed, ", activation ", bench.activation);
}

std::string FormatLatencyBench(const LatencyBench& bench) {
  std::string text = absl::StrCat(SettingLine(bench), "\n\n");
  absl::StrAppendFormat(
      &text, "%-16s %5s %10s %8s %8s %8s  %10s %8s %8s %8s  %8s %9s %7s\n",
      "ms a token", "laps", "measured", "p50", "p95", "p99", "predicted", "p50",
      "p95", "p99", "differ%", "software%", "model%");
  for (const StrategyBench& one : bench.strategies) text += LatencyLine(one);
  absl::StrAppendFormat(&text, "\n%-16s %9s %11s %10s %8s %8s %9s %9s\n",
                        "parts, ms", "", "propagation", "processing", "serial.",
                        "queueing", "compute", "software");
  for (const StrategyBench& one : bench.strategies) text += PartsLines(one);
  absl::StrAppendFormat(&text, "\n%-16s %5s %9s %8s %8s %8s %10s %12s %9s\n",
                        "", "sats", "messages", "late p50", "p99 us", "most us",
                        "worst lap", "by profile", "wall s");
  for (const StrategyBench& one : bench.strategies) text += RunLine(one);
  return absl::StrCat(
      text,
      "\nThe texts of all strategies are those of one process, to the token.\n"
      "differ%: measured over predicted; software%: the host's share of it; "
      "model%: the rest.\nworst lap: largest model error of a lap, ms. by "
      "profile: mean expected from the profile alone, ms.\n");
}

}  // namespace spacemoe
