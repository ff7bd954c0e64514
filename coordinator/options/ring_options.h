// What a person can choose about a ring, and how it is spelt on a command line.
#ifndef SPACEMOE_COORDINATOR_OPTIONS_RING_OPTIONS_H_
#define SPACEMOE_COORDINATOR_OPTIONS_RING_OPTIONS_H_

#include <string>
#include <string_view>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "coordinator/planning/plan.h"

namespace spacemoe {

struct RingOptions {
  PlanOptions plan;       // holds the compute type and the modelled FLOP/s too
  bool links = true;      // false: no delays
  double time_scale = 1;  // emulated over wall time
  std::string kernel = "native";  // or aten
  bool trace = false;             // satellites record what they do
};

// The parsers of values; errors are INVALID_ARGUMENT and say what was expected
// and what was found.
absl::StatusOr<double> ParseClock(std::string_view text);    // real, scaled:F
absl::StatusOr<double> ParseCompute(std::string_view text);  // measured: 0
absl::StatusOr<double> ParseAmount(std::string_view text);   // 2e9, 20G
absl::StatusOr<int64_t> ParseBytes(std::string_view text);   // 512M, 2G: 1024s
// "GATEWAY,EXPERT,HEAD", seconds.
absl::StatusOr<RoleSeconds> ParseRoleSeconds(std::string_view text);

// Flags of the plan: --strategy and those of AddSettingFlags.
void AddPlanFlags(CLI::App* app, RingOptions* options);
// What plans of several strategies have in common: --constellation,
// --experts-per-satellite, --mixed-gateways, --copies, --profile,
// --epoch-offset, --memory, --placement-seed.
void AddSettingFlags(CLI::App* app, RingOptions* options);
// --exclude: plans that are looked at.
void AddPlanSearchFlags(CLI::App* app, RingOptions* options);
// --dtype and --kernel: those of the arithmetic.
void AddComputeFlags(CLI::App* app, RingOptions* options);
// --compute and --role-seconds, which plans too.
void AddComputeTimeFlag(CLI::App* app, RingOptions* options);
// --clock, and --links with it.
void AddClockFlag(CLI::App* app, RingOptions* options);
void AddTimeFlags(CLI::App* app, RingOptions* options);

// Flags that are parsed back to equal options.
std::vector<std::string> ToArguments(const RingOptions& options);

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_OPTIONS_RING_OPTIONS_H_
