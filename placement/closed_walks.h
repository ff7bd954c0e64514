// Closed walks over the grid of planes and slots, on which a ring of layers can
// lie.
#ifndef SPACEMOE_PLACEMENT_CLOSED_WALKS_H_
#define SPACEMOE_PLACEMENT_CLOSED_WALKS_H_

#include <vector>

#include "placement/constellation.h"

namespace spacemoe {

// A satellite relative to a walk's corner.
struct GridStep {
  int plane = 0;
  int slot = 0;
};

// All satellites differ, neighbours in the walk are neighbours in the grid, and
// the last is a neighbour of the first.
using WalkShape = std::vector<GridStep>;

// Shapes with at least `satellites` of them and not many more, at most `planes`
// planes wide and `slots` slots high: borders of rectangles (ladders over two
// planes, rows across planes), combs that fill a rectangle, and a whole orbit.
std::vector<WalkShape> ClosedWalks(int satellites, int planes, int slots);

// The shape's satellites with its corner at a plane and a slot. Planes go round
// where the constellation does; empty where the shape crosses a seam.
std::vector<int> PlaceWalk(const Constellation& constellation,
                           const WalkShape& shape, int plane, int slot);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_CLOSED_WALKS_H_
