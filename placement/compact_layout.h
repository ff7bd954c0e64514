// A ring's layers, each with sites of its own: how its experts lie best.
#ifndef SPACEMOE_PLACEMENT_COMPACT_LAYOUT_H_
#define SPACEMOE_PLACEMENT_COMPACT_LAYOUT_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "placement/constellation.h"
#include "placement/placement.h"
#include "placement/problem.h"
#include "placement/selection_law.h"

namespace spacemoe {

// Experts that fit beside a layer's gateway and on a satellite without one, by
// memory and experts_per_satellite.
struct LayerRoom {
  int gateway = 0;
  int site = 0;
};
LayerRoom RoomOf(const ModelShape& model, int layer,
                 const SolveOptions& options);

// Satellites that the layer needs beside its gateway: 0 where all its experts
// fit beside it. nullopt: its experts fit nowhere.
std::optional<int> FewestSites(const ModelShape& model, int layer,
                               const SolveOptions& options);

struct CompactLayout {
  Placement placement;
  double layers_ms = 0;  // sum of the layers' expected maxima
};

// For each layer the better of: all experts on the gateway; experts on the
// sites (with mixed_gateways on the gateway too), improved by descent within
// `budget` (expert_search.h). nullopt: a layer fits neither way.
std::optional<CompactLayout> LayOut(const PlacementProblem& problem,
                                    const Constellation& constellation,
                                    const SolveOptions& options,
                                    const std::vector<SelectionLaw>& laws,
                                    const std::vector<int>& gateways,
                                    const std::vector<std::vector<int>>& sites,
                                    int64_t budget);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_COMPACT_LAYOUT_H_
