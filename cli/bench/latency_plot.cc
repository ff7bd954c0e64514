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
      "set multiplot layout 1,2\n"
      "set grid ytics\nset yrange [0:*]\n"
      "set style data histograms\nset style histogram rowstacked\n"
      "set style fill solid 0.85 noborder\nset boxwidth 0.9\n"
      "set xtics rotate by -45 scale 0\n"
      "set key outside above horizontal samplen 1\n"
      "set ylabel 'ms a token, mean'\n"
      "plot $bars using 2:xtic(1) title 'compute' lc rgb '#9aa5b1', "
      "'' using 3 title 'propagation' lc rgb '#2f6f9f', "
      "'' using 4 title 'processing, serialization' lc rgb '#7fb069', "
      "'' using 5 title 'queueing' lc rgb '#d1603d', "
      "'' using 6 title 'software' lc rgb '#8d3b72'\n"
      "unset xtics\nset xtics autofreq norotate scale 1\n"
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
