// The map from a model's roles to satellites.
#ifndef SPACEMOE_PLACEMENT_PLACEMENT_H_
#define SPACEMOE_PLACEMENT_PLACEMENT_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "placement/constellation.h"
#include "placement/problem.h"

namespace spacemoe {

struct Placement {
  std::vector<int> gateways;  // [layers]
  // [layers][experts][replicas]; at least one replica, the first is primary.
  std::vector<std::vector<std::vector<int>>> experts;
  int head = -1;

  int layers() const { return static_cast<int>(gateways.size()); }
  // Where layer l's outputs meet: the next gateway, after the last the head.
  int Successor(int layer) const {
    return layer + 1 < layers() ? gateways[layer + 1] : head;
  }
  friend bool operator==(const Placement&, const Placement&) = default;
};

// Everything that one satellite holds.
struct SatelliteRoles {
  int satellite = -1;
  int layer = -1;  // a satellite serves one layer; -1: only the head
  bool gateway = false;
  bool head = false;
  std::vector<int> experts;  // ascending
};

// Ascending satellite ids, each once.
std::vector<SatelliteRoles> RolesBySatellite(const Placement& placement);

// Memory of the roles of one satellite.
int64_t BytesOf(const SatelliteRoles& roles, const ModelShape& model);

// InvalidArgument unless every role has a satellite of the constellation, none
// is excluded, each serves one layer only (the head goes with layer 0's
// gateway or alone), holds at most experts_per_satellite experts (any number
// when the whole layer is on its gateway) and fits the memory.
absl::Status ValidatePlacement(const Placement& placement,
                               const PlacementProblem& problem,
                               const Constellation& constellation,
                               const SolveOptions& options);

// ValidateProblem, ValidateOptions and ValidatePlacement.
absl::Status ValidatePlan(const Placement& placement,
                          const PlacementProblem& problem,
                          const Constellation& constellation,
                          const SolveOptions& options);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_PLACEMENT_H_
