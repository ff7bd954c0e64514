#include "cli/simulate/plot.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace spacemoe {
namespace {

// In the order of the strategies; every other line is dashed, so that of two
// that lie on each other both are seen.
constexpr const char* kLineColours[] = {"#8d3b72", "#d1603d", "#d9a441",
                                        "#5f8f3e", "#2f6f9f", "#111111",
                                        "#c1121f"};

bool HasRuns(const StrategyRun& run) { return run.infeasible.empty(); }

std::string BarData(const SimulateReport& report) {
  std::string data = "$bars << EOD\n";
  for (const StrategyRun& run : report.runs) {
    if (!HasRuns(run)) continue;
    const LatencyParts mean = run.MeanParts();
    absl::StrAppendFormat(&data, "\"%s\" %g %g %g %g\n", run.strategy,
                          mean.compute_ms, mean.propagation_ms,
                          mean.processing_ms + mean.serialization_ms,
                          mean.queueing_ms);
  }
  return data + "EOD\n";
}

std::string LayerData(const SimulateReport& report) {
  std::string data = "$layers << EOD\n";
  for (const StrategyRun& run : report.runs) {
    if (!HasRuns(run)) continue;
    absl::StrAppendFormat(&data, "\"%s\"\n", run.strategy);
    const std::vector<double> layers = run.LayerMs();
    for (size_t l = 0; l < layers.size(); ++l) {
      absl::StrAppendFormat(&data, "%d %g\n", l, layers[l]);
    }
    data += "\n\n";
  }
  return data + "EOD\n";
}

int FeasibleCount(const SimulateReport& report) {
  int count = 0;
  for (const StrategyRun& run : report.runs) count += HasRuns(run);
  return count;
}

std::string SweepData(const SweepReport& report) {
  std::string data = "$sweep << EOD\n";
  for (size_t s = 0; s < report.points.front().runs.size(); ++s) {
    absl::StrAppendFormat(&data, "\"%s\"\n",
                          report.points.front().runs[s].strategy);
    for (size_t i = 0; i < report.points.size(); ++i) {
      const StrategyRun& run = report.points[i].runs[s];
      if (!HasRuns(run)) continue;
      absl::StrAppendFormat(&data, "%.9g %g %g\n", report.sweep.points[i].x,
                            run.MeanMs(), run.ConfidenceMs());
    }
    data += "\n\n";
  }
  return data + "EOD\n";
}

}  // namespace

// In single quotes.
std::string PlotQuoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "''"}}), "'");
}

std::string PlotTerminal(const std::string& path, int width) {
  std::string script = absl::StrFormat(
      "set terminal svg size %d,480 font 'sans,12' background '#ffffff'\n"
      "set output %s\n",
      width, PlotQuoted(path));
  for (size_t i = 0; i < std::size(kLineColours); ++i) {
    absl::StrAppendFormat(&script, "set linetype %d lc rgb '%s' dt %d\n", i + 1,
                          kLineColours[i], i % 2 + 1);
  }
  absl::StrAppendFormat(&script, "set linetype cycle %d\n",
                        std::size(kLineColours));
  return script;
}

std::string PlotBars(double box_width, const std::string& more) {
  return absl::StrCat(
      "set multiplot layout 1,2\n"
      "set grid ytics\nset yrange [0:*]\n"
      "set style data histograms\nset style histogram rowstacked\n"
      "set style fill solid 0.85 noborder\nset boxwidth ",
      box_width,
      "\n"
      "set xtics rotate by -45 scale 0\n"
      "set key outside above horizontal samplen 1\n"
      "set ylabel 'ms a token, mean'\n"
      "plot $bars using 2:xtic(1) title 'compute' lc rgb '#9aa5b1', "
      "'' using 3 title 'propagation' lc rgb '#2f6f9f', "
      "'' using 4 title 'processing, serialization' lc rgb '#7fb069', "
      "'' using 5 title 'queueing' lc rgb '#d1603d'",
      more, "\nunset xtics\nset xtics autofreq norotate scale 1\n");
}

std::string PlotScript(const SimulateReport& report, const std::string& path) {
  return absl::StrCat(
      BarData(report), LayerData(report), PlotTerminal(path, 1200),
      PlotBars(0.7),
      "set xrange [0:*] noextend\n"
      "set xlabel 'layer'\nset ylabel 'ms a layer, mean'\n",
      absl::StrFormat(
          "plot for [i=0:%d] $layers index i using 1:2 with lines lw 2 title "
          "columnheader(1)\n",
          FeasibleCount(report) - 1),
      "unset multiplot\n");
}

std::string PlotScript(const SweepReport& report, const std::string& path) {
  const std::string& name = report.sweep.name;
  return absl::StrCat(
      SweepData(report), PlotTerminal(path, 760),
      "set grid\nset yrange [0:*]\nset key outside right\n"
      "set offsets graph 0.03, graph 0.03, 0, 0\n",
      name == "flops" ? "set logscale xy\nset yrange [*:*]\n" : "",
      name == "tokens" ? "set logscale x 2\n" : "", "set xlabel ",
      PlotQuoted(report.sweep.axis), "\nset ylabel 'ms a token, mean'\n",
      absl::StrFormat(
          "plot for [i=0:%d] $sweep index i using 1:2:3 with yerrorlines lw 2 "
          "title columnheader(1)\n",
          report.points.front().runs.size() - 1));
}

absl::Status CheckGnuplot() {
  const char* const path = std::getenv("PATH");
  const std::vector<std::string> folders =
      absl::StrSplit(path == nullptr ? "" : path, ':');
  for (const std::string& folder : folders) {
    if (access(absl::StrCat(folder, "/gnuplot").c_str(), X_OK) == 0) {
      return absl::OkStatus();
    }
  }
  return absl::FailedPreconditionError(
      "--plot needs gnuplot, which is not installed; on Debian: apt-get "
      "install "
      "gnuplot-nox");
}

absl::Status RunGnuplot(const std::string& script) {
  std::FILE* const gnuplot = popen("gnuplot", "w");
  if (gnuplot == nullptr) return absl::InternalError("gnuplot did not start");
  const bool written =
      std::fwrite(script.data(), 1, script.size(), gnuplot) == script.size();
  const int code = pclose(gnuplot);
  if (written && code == 0) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("gnuplot failed with status ", code, "; see its message"));
}

}  // namespace spacemoe
