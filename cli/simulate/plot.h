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

// FAILED_PRECONDITION says how to install gnuplot where it is not.
absl::Status CheckGnuplot();

// Runs the script. INTERNAL: gnuplot failed.
absl::Status RunGnuplot(const std::string& script);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_SIMULATE_PLOT_H_
