// What `spacemoe simulate` simulates.
#ifndef SPACEMOE_CLI_SIMULATE_SETTING_H_
#define SPACEMOE_CLI_SIMULATE_SETTING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "placement/constellation.h"
#include "placement/model_dimensions.h"
#include "placement/problem.h"
#include "placement/simulation/plan_simulation.h"
#include "placement/simulation/strategy_run.h"
#include "placement/topology.h"

namespace spacemoe {

// The defaults are the SpaceMoE paper's experiment, with the constellation's
// own processing per hop.
struct SimulateSetting {
  std::string constellation = "spacemoe-paper";
  // Replace the shell's and the links'.
  std::optional<int> planes;
  std::optional<int> satellites_per_plane;
  std::optional<double> altitude_km;
  std::optional<double> inclination_deg;
  std::optional<double> processing_ms;

  std::string model;  // a checkpoint; empty: `dimensions`
  ModelDimensions dimensions;
  std::string profile;  // a file; empty: synthetic, another for each seed
  double skew = 0.4;
  double coupling = 0;

  std::vector<std::string> strategies;  // empty: all
  std::optional<int> experts_per_satellite;
  bool mixed_gateways = false;
  int max_copies = 1;
  std::optional<int64_t> memory_bytes;
  std::vector<int> excluded;

  int slots = 200;
  double start_time_s = 0;
  std::optional<double> horizon_s;  // nullopt: one orbit
  TopologySpec topology{.survival = 0.95};
  double satellite_flops = 7.28e9;
  SimulationOptions simulation;
  int seeds = 5;
  uint64_t first_seed = 1;
};

// The strategies in the order in which tables show them.
std::vector<std::string> StrategiesOf(const SimulateSetting& setting);

// The constellation with the setting's replacements.
absl::StatusOr<Constellation> ConstellationOf(const SimulateSetting& setting);

// `sky` must outlive the experiment.
absl::StatusOr<Experiment> ExperimentOf(const SimulateSetting& setting,
                                        const Constellation& sky);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_SIMULATE_SETTING_H_
