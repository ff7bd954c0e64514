// Rings of gateways that the compact strategy tries.
#ifndef SPACEMOE_PLACEMENT_COMPACT_RINGS_H_
#define SPACEMOE_PLACEMENT_COMPACT_RINGS_H_

#include <vector>

#include "placement/constellation.h"
#include "placement/link_delays.h"
#include "placement/problem.h"

namespace spacemoe {

struct CompactRing {
  std::vector<int> gateways;  // [layers]
  double walk_ms = 0;         // mean length of the closed walk
};

// For each spacing of 1, 2 and 3 satellites from gateway to gateway, the few
// shapes (closed_walks.h) whose walk is shortest, each where it is shortest,
// without excluded satellites. Deterministic. Empty where none fits.
std::vector<CompactRing> CompactRings(const Constellation& constellation,
                                      const LinkDelays& links, int layers,
                                      const SolveOptions& options);

// Every layer's satellites one after the other in a serpentine over the grid,
// `needed` [layers] of them with the gateway first: fits whenever anything
// does.
std::vector<std::vector<int>> SerpentineChunks(
    const Constellation& constellation, const std::vector<int>& needed,
    const SolveOptions& options);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_COMPACT_RINGS_H_
