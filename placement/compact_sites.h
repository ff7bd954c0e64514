// Satellites near the gateways of a ring, shared out among its layers.
#ifndef SPACEMOE_PLACEMENT_COMPACT_SITES_H_
#define SPACEMOE_PLACEMENT_COMPACT_SITES_H_

#include <vector>

#include "placement/constellation.h"
#include "placement/problem.h"

namespace spacemoe {

// [layers][sites], at most quota[layer] of each layer's own, by expected path
// latency. Layers take turns, each with the nearest satellite that is still
// free: no gateway, not excluded, no other layer's.
std::vector<std::vector<int>> ShareSites(const Constellation& constellation,
                                         const std::vector<int>& gateways,
                                         const std::vector<int>& quota,
                                         const ModelShape& model,
                                         const SolveOptions& options);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_COMPACT_SITES_H_
