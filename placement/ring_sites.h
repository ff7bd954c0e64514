// What the strategies of the paper's ring share: subnets and their gateways.
#ifndef SPACEMOE_PLACEMENT_RING_SITES_H_
#define SPACEMOE_PLACEMENT_RING_SITES_H_

#include <optional>
#include <string>
#include <vector>

#include "placement/constellation.h"
#include "placement/placement.h"
#include "placement/problem.h"

namespace spacemoe {

// Satellites of each layer's subnet that may hold roles, [layers][satellites],
// ascending ids.
using RingSites = std::vector<std::vector<int>>;

RingSites AvailableSubnets(const Constellation& constellation, int layers,
                           const SolveOptions& options);

// Why there is no ring: fewer satellites in a plane than layers, or a subnet
// that is smaller than its layer.
std::optional<std::string> NoRing(const Constellation& constellation,
                                  const RingSites& sites,
                                  const ModelShape& model,
                                  const SolveOptions& options);

// The most central available satellite of each subnet.
std::vector<int> CentralGateways(const Constellation& constellation,
                                 const RingSites& sites,
                                 const SolveOptions& options);

// `sites` without `satellite`, in order.
std::vector<int> Without(std::vector<int> sites, int satellite);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_RING_SITES_H_
