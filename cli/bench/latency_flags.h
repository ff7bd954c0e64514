// The flags of `spacemoe bench latency`.
#ifndef SPACEMOE_CLI_BENCH_LATENCY_FLAGS_H_
#define SPACEMOE_CLI_BENCH_LATENCY_FLAGS_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "cli/generate/outcome.h"
#include "coordinator/options/ring_options.h"

namespace spacemoe {

struct LatencyFlags {
  GenerateJob job;  // one sequence in flight; without prompts: the built-in
  RingOptions ring;
  std::vector<std::string> strategies;  // empty: all
  std::string plot;                     // paths; empty: none
  std::string report;
  bool json = false;
};

void AddLatencyFlags(CLI::App* app, LatencyFlags* flags);

// The strategies in the order in which they run.
std::vector<std::string> StrategiesOf(const LatencyFlags& flags);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_BENCH_LATENCY_FLAGS_H_
