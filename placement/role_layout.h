// How many satellites a layer takes and which experts share one.
#ifndef SPACEMOE_PLACEMENT_ROLE_LAYOUT_H_
#define SPACEMOE_PLACEMENT_ROLE_LAYOUT_H_

#include <optional>
#include <string>
#include <vector>

#include "placement/placement.h"
#include "placement/problem.h"

namespace spacemoe {

// Satellites of a layer beside its gateway: 0 when the gateway holds all
// experts, else ceil(experts / experts_per_satellite).
int ExpertSatellites(const LayerShape& layer, const SolveOptions& options);

// Gateways and expert satellites of all layers.
int SatellitesNeeded(const ModelShape& model, const SolveOptions& options);

// Why the roles of one satellite do not fit the memory, if they don't.
std::optional<std::string> MemoryShortage(const ModelShape& model,
                                          const SolveOptions& options);

// A placement of the right shape with nothing placed.
Placement EmptyPlacement(const ModelShape& model);

// Experts in `order`, cut into runs of experts_per_satellite, go to `sites` in
// turn; all go to the gateway when ExpertSatellites is 0. `sites` must hold at
// least ExpertSatellites entries.
void AssignExperts(const std::vector<int>& order, const std::vector<int>& sites,
                   int layer, const LayerShape& shape,
                   const SolveOptions& options, Placement* placement);

// Expert ids by activation probability descending, then id.
std::vector<int> ByActivation(const std::vector<double>& activation);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_ROLE_LAYOUT_H_
