// The paper's ring: the constellation cut along the orbits into one subnet for
// each layer.
#ifndef SPACEMOE_PLACEMENT_SUBNETS_H_
#define SPACEMOE_PLACEMENT_SUBNETS_H_

#include <vector>

#include "placement/constellation.h"

namespace spacemoe {

// Subnet l of L holds the satellites whose argument of latitude at t lies in
// [360 l / L, 360 (l + 1) / L), in every plane: [layers][satellites], ascending
// ids. A partition. `layers` must be positive.
std::vector<std::vector<int>> Subnets(const Constellation& constellation,
                                      int layers, double t);

// The subnet's members by how central they are: distance of their plane from
// the middle plane (planes / 2), then of their argument of latitude from the
// subnet's middle, then id.
std::vector<int> ByCentrality(const Constellation& constellation,
                              const std::vector<int>& members, int layer,
                              int layers, double t);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_SUBNETS_H_
