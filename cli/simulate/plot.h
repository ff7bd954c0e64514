// Figures, drawn by gnuplot.
#ifndef SPACEMOE_CLI_SIMULATE_PLOT_H_
#define SPACEMOE_CLI_SIMULATE_PLOT_H_

#include <string>

#include "absl/status/status.h"
#include "cli/simulate/report.h"

namespace spacemoe {

// gnuplot scripts that write `path` (SVG): bars of the strategies by part
// beside the latency of each layer; lines of the strategies over a sweep.
std::string PlotScript(const SimulateReport& report, const std::string& path);
std::string PlotScript(const SweepReport& report, const std::string& path);

// Pieces of scripts: a text in gnuplot's quotes; the SVG file to write, and
// lines that can be told apart.
std::string PlotQuoted(const std::string& text);
std::string PlotTerminal(const std::string& path, int width);
// The left one of two panels: stacked bars of $bars, whose columns are a label
// and ms of compute, propagation, processing with serialization, queueing, and
// whatever `more` plots. Leaves the axes as they are by default.
std::string PlotBars(double box_width, const std::string& more = "");

// FAILED_PRECONDITION says how to install gnuplot where it is not.
absl::Status CheckGnuplot();

// Runs the script. INTERNAL: gnuplot failed.
absl::Status RunGnuplot(const std::string& script);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_SIMULATE_PLOT_H_
