#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/simulate/paper.h"
#include "cli/simulate/report.h"
#include "placement/simulation/statistics.h"

namespace spacemoe {
namespace {

std::string SettingLine(const SimulateReport& report) {
  const SimulateSetting& s = report.setting;
  const ShellSpec& shell = report.shell;
  std::string line = absl::StrFormat(
      "%s: %d x %d satellites, %g km, %g degrees over %g; %d slots over %.0f "
      "s; survival %g",
      s.constellation, shell.planes, shell.satellites_per_plane,
      shell.altitude_km, shell.inclination_deg, shell.raan_spread_deg, s.slots,
      report.horizon_s, s.topology.survival);
  if (s.topology.polar_cut_deg < 90) {
    absl::StrAppendFormat(&line, ", polar cut %g", s.topology.polar_cut_deg);
  }
  if (s.topology.tracking_limit_rad_s > 0) {
    absl::StrAppendFormat(&line, ", tracking limit %g rad/s",
                          s.topology.tracking_limit_rad_s);
  }
  absl::StrAppendFormat(&line, "; %.4g GFLOP/s; %g ms a hop; %d seed%s",
                        s.satellite_flops / 1e9,
                        report.constellation.links.processing_ms, s.seeds,
                        s.seeds == 1 ? "" : "s");
  if (s.simulation.tokens_in_flight > 1) {
    absl::StrAppendFormat(&line, "; %d tokens at once",
                          s.simulation.tokens_in_flight);
  }
  absl::StrAppend(&line, "\n");
  return line;
}

// Where a run is beside the paper's strategy.
std::string Ratio(double value, double reference) {
  if (reference <= 0) return "-";
  return absl::StrFormat("%.2f", value / reference);
}

const StrategyRun* Reference(const SimulateReport& report) {
  for (const StrategyRun& run : report.runs) {
    if (run.strategy == "spacemoe" && run.infeasible.empty()) return &run;
  }
  return nullptr;
}

std::string Published(const SimulateReport& report, const StrategyRun& run) {
  if (!report.paper) return "";
  const auto seconds = PublishedSeconds(run.strategy);
  return seconds ? absl::StrFormat("  %9.0f", 1e3 * *seconds)
                 : absl::StrFormat("  %9s", "-");
}

std::string RunLine(const SimulateReport& report, const StrategyRun& run,
                    const StrategyRun* reference) {
  if (!run.infeasible.empty()) {
    return absl::StrFormat("%-16s no plan: %s\n", run.strategy, run.infeasible);
  }
  const LatencyParts mean = run.MeanParts();
  const std::vector<double> tokens = run.SortedTokens();
  const LatencyParts base =
      reference != nullptr ? reference->MeanParts() : LatencyParts{};
  return absl::StrFormat(
      "%-16s %8.1f %7.1f %8.1f %8.1f %8.1f %8.1f %7.1f %7.2f %8.1f %8.1f "
      "%6d %7s %7s%s\n",
      run.strategy, mean.total_ms(), run.ConfidenceMs(),
      Percentile(tokens, 0.5), Percentile(tokens, 0.95),
      Percentile(tokens, 0.99), mean.propagation_ms, mean.processing_ms,
      mean.serialization_ms, mean.queueing_ms, mean.compute_ms,
      run.seeds.front().satellites, Ratio(mean.total_ms(), base.total_ms()),
      Ratio(mean.propagation_ms, base.propagation_ms), Published(report, run));
}

std::string Header(const SimulateReport& report) {
  return absl::StrFormat(
      "%-16s %8s %7s %8s %8s %8s %8s %7s %7s %8s %8s %6s %7s %7s%s\n",
      "ms a token", "mean", "+-95%", "p50", "p95", "p99", "propag.", "process",
      "serial.", "queueing", "compute", "sats", "/paper", "prop./p",
      report.paper ? "  published" : "");
}

std::string LayersLine(const StrategyRun& run) {
  if (!run.infeasible.empty()) return "";
  const std::vector<double> layers = run.LayerMs();
  const std::vector<double> spread = run.LayerSdMs();
  const auto [least, most] = std::minmax_element(layers.begin(), layers.end());
  return absl::StrFormat(
      "%-16s %.2f ms a layer (from %.2f to %.2f), standard deviation of a "
      "layer over tokens and slots %.2f\n",
      run.strategy, MeanOf(layers), *least, *most, MeanOf(spread));
}

std::string Bounds(const SimulateReport& report) {
  std::string text;
  for (const StrategyRun& run : report.runs) {
    const auto bound = run.LowerBoundMs();
    if (!bound.has_value() || *bound <= 0) continue;
    absl::StrAppendFormat(
        &text, "%-16s lower bound %.1f ms (%s): the plan is %.1f %% above\n",
        run.strategy, *bound, run.bound_kind,
        100 * (run.MeanMs() / *bound - 1));
  }
  return text;
}

std::string Disconnected(const SimulateReport& report) {
  std::string text;
  for (const StrategyRun& run : report.runs) {
    if (run.DisconnectedShare() == 0) continue;
    absl::StrAppendFormat(
        &text, "%-16s %.2f %% of the slots lack a route (%s)\n", run.strategy,
        100 * run.DisconnectedShare(),
        report.setting.simulation.disconnected == DisconnectedRule::kSkip
            ? "left out"
            : "counted as asked");
  }
  return text;
}

}  // namespace

std::string FormatReport(const SimulateReport& report) {
  const StrategyRun* const reference = Reference(report);
  std::string text = absl::StrCat(SettingLine(report), "\n", Header(report));
  for (const StrategyRun& run : report.runs) {
    text += RunLine(report, run, reference);
  }
  text += "\n";
  for (const StrategyRun& run : report.runs) text += LayersLine(run);
  text += Bounds(report) + Disconnected(report);
  if (report.paper) absl::StrAppend(&text, "\n", PaperNotes());
  return text;
}

std::string FormatSweep(const SweepReport& report) {
  std::string text = SettingLine(report.points.front());
  absl::StrAppendFormat(&text, "\n%-16s", report.sweep.name);
  for (const StrategyRun& run : report.points.front().runs) {
    absl::StrAppendFormat(&text, " %16s", run.strategy);
  }
  absl::StrAppend(&text, "   (mean ms a token)\n");
  for (size_t i = 0; i < report.points.size(); ++i) {
    absl::StrAppendFormat(&text, "%-16s", report.sweep.points[i].label);
    for (const StrategyRun& run : report.points[i].runs) {
      absl::StrAppend(&text, run.infeasible.empty()
                                 ? absl::StrFormat(" %16.1f", run.MeanMs())
                                 : absl::StrFormat(" %16s", "no plan"));
    }
    text += "\n";
  }
  return text;
}

}  // namespace spacemoe
