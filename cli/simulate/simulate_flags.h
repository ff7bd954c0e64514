// The flags of `spacemoe simulate`.
#ifndef SPACEMOE_CLI_SIMULATE_SIMULATE_FLAGS_H_
#define SPACEMOE_CLI_SIMULATE_SIMULATE_FLAGS_H_

#include <string>
#include <string_view>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "cli/simulate/setting.h"

namespace spacemoe {

struct SimulateFlags {
  SimulateSetting setting;
  bool paper = false;
  bool json = false;
  std::string plot;   // a path; empty: no figure
  std::string sweep;  // as ParseSweep
};

void AddSimulateFlags(CLI::App* app, SimulateFlags* flags);

// skip, wait or penalty:MS.
absl::Status ParseDisconnected(std::string_view text,
                               SimulationOptions* simulation);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_SIMULATE_SIMULATE_FLAGS_H_
