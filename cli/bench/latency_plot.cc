#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/bench/latency_output.h"
#include "cli/simulate/plot.h"

namespace spacemoe {
namespace {

std::string BarLine(const std::string& label, const LatencyParts& parts,
                    double software_ms) {
  return absl::StrFormat("\"%s\" %g %g %g %g %g\n", label, parts.compute_ms,
                         parts.propagation_ms,
                         parts.processing_ms + parts.serialization_ms,
                         parts.queueing_ms, software_ms);
}

std::string BarData(const LatencyBench& bench) {
  std::string data = "$bars << EOD\n";
  for (const StrategyBench& one : bench.strategies) {
    if (!one.ran()) continue;
    const LatencyComparison both = Compare(one);
    data += BarLine(one.strategy, both.measured_parts, both.software_ms);
    data += BarLine("predicted", both.predicted_parts, 0);
    data += "\"\" 0 0 0 0 0\n";
  }
  return data + "EOD\n";
}

std::string LapData(const LatencyBench& bench, int* series) {
  std::string data = "$laps << EOD\n";
  for (const StrategyBench& one : bench.strategies) {
    if (!one.ran()) continue;
    ++*series;
    absl::StrAppendFormat(&data, "\"%s\"\n", one.strategy);
    for (const BenchLap& lap : one.laps) {
      absl::StrAppendFormat(&data, "%g %g\n", lap.predicted.total_ms(),
                            lap.measured_ms());
    }
    data += "\n\n";
  }
  return data + "EOD\n";
}

}  // namespace

std::string LatencyPlotScript(const LatencyBench& bench,
                              const std::string& path) {
  int series = 0;
  const std::string laps = LapData(bench, &series);
  return absl::StrCat(
      BarData(bench), laps, PlotTerminal(path, 1200),
      PlotBars(0.9, ", '' using 6 title 'software' lc rgb '#8d3b72'"),
      "set logscale xy\nset xrange [*:*]\nset yrange [*:*]\nset grid\n"
      "set xlabel 'predicted ms of a lap'\n"
      "set ylabel 'measured ms of a lap'\n",
      absl::StrFormat(
          "plot x title '' lc rgb '#000000' dt 2, for [i=0:%d] $laps index i "
          "using 1:2 with points lt i+1 pt i+4 ps 0.6 title columnheader(1)\n",
          series - 1),
      "unset multiplot\n");
}

}  // namespace spacemoe
