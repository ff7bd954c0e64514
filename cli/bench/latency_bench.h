// What `spacemoe bench latency` has measured and predicted, as plain values.
#ifndef SPACEMOE_CLI_BENCH_LATENCY_BENCH_H_
#define SPACEMOE_CLI_BENCH_LATENCY_BENCH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "cli/bench/machine.h"
#include "coordinator/options/ring_options.h"
#include "placement/cost.h"
#include "runtime/trace/latency_breakdown.h"
#include "runtime/trace/latency_summary.h"
#include "runtime/trace/link_statistics.h"

namespace spacemoe {

// A decode lap as it was lived, and as the simulator has it for the same
// moment, position and selected experts.
struct BenchLap {
  double start_s = 0;  // constellation time
  LatencyBreakdown measured;
  LatencyParts predicted;

  double measured_ms() const { return 1e-6 * measured.total_ns(); }
};

struct StrategyBench {
  std::string strategy;
  std::string no_plan;  // why it did not run; the rest is empty then
  int satellites = 0;
  std::vector<BenchLap> laps;
  // What the simulator expects before the run knows its text: from the
  // profile, over the time that the run took.
  LatencyParts forecast;
  LinkStatistics links;
  double startup_seconds = 0;
  double wall_seconds = 0;

  bool ran() const { return no_plan.empty(); }
};

// The same for every strategy.
struct BenchText {
  std::string prompt;
  int64_t prompt_tokens = 0;
  std::vector<int64_t> ids;
  std::string text;  // the ids where there is no tokenizer
};

struct LatencyBench {
  std::string model;
  RingOptions ring;           // its strategy is not used
  std::string constellation;  // its label
  std::string activation;     // where the profile comes from
  float temperature = 0;
  uint64_t sampling_seed = 0;
  std::vector<BenchText> texts;
  std::vector<StrategyBench> strategies;  // in the order in which they ran
  Machine machine;
  std::string command;
};

// Milliseconds a token. measured = predicted + software + model error, in the
// means exactly.
struct LatencyComparison {
  LatencySummary measured;
  LatencySummary predicted;
  LatencyParts measured_parts;  // without software
  LatencyParts predicted_parts;
  double software_ms = 0;     // what the host took beyond the emulated system
  double model_error_ms = 0;  // what of the rest the simulator does not explain
  double worst_lap_error_ms = 0;  // largest |model error| of a lap

  double difference_ms() const { return software_ms + model_error_ms; }
  // Of the predicted mean.
  double Share(double ms) const { return ms / predicted.mean; }
};

// Only of a strategy that has laps.
LatencyComparison Compare(const StrategyBench& bench);

// Parts without software, milliseconds.
LatencyParts PartsOf(const LatencyBreakdown& breakdown);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_BENCH_LATENCY_BENCH_H_
