// What came out of a simulation, in JSON and for people.
#ifndef SPACEMOE_CLI_SIMULATE_REPORT_H_
#define SPACEMOE_CLI_SIMULATE_REPORT_H_

#include <string>
#include <vector>

#include "cli/simulate/setting.h"
#include "cli/simulate/sweep.h"
#include "nlohmann/json.hpp"
#include "placement/simulation/strategy_run.h"

namespace spacemoe {

struct SimulateReport {
  SimulateSetting setting;
  ConstellationSpec constellation;
  ShellSpec shell;
  double horizon_s = 0;
  std::vector<StrategyRun> runs;
  bool paper = false;
};

struct SweepReport {
  Sweep sweep;
  std::vector<SimulateReport> points;  // [sweep.points]
};

// {"strategies": [{"strategy", "feasible", "reason" (when not),
//    "per_token_ms" {mean, p50, p95, p99, ci95}, "breakdown_ms" {propagation,
//    processing, serialization, queueing, compute}, "per_layer_ms" [...],
//    "per_layer_sd_ms" [...], "satellites", "disconnected_share",
//    "lower_bound_ms", "lower_bound_of" (where there is one),
//    "published_ms" (--paper),
//    "seeds" [{"seed", "mean_ms", "propagation_ms", "solve_seconds"}]}],
//  "setting" {...}, "lower_bound_ms"}: the last is of any placement, null where
// no strategy knows it.
nlohmann::ordered_json ReportToJson(const SimulateReport& report);

// {"sweep": name, "points": [{"value", "strategies", "setting",
//  "lower_bound_ms"}]}
nlohmann::ordered_json SweepToJson(const SweepReport& report);

// Several lines, ending in a newline.
std::string FormatReport(const SimulateReport& report);
std::string FormatSweep(const SweepReport& report);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_SIMULATE_REPORT_H_
