// What it costs to go from a satellite to one beside it.
#ifndef SPACEMOE_PLACEMENT_LINK_DELAYS_H_
#define SPACEMOE_PLACEMENT_LINK_DELAYS_H_

#include <vector>

#include "placement/constellation.h"
#include "placement/problem.h"

namespace spacemoe {

// Over SlotTimes(options) with the links of each slot.
struct LinkDelays {
  // Mean shortest delay between the ends of each link, by link number; where
  // the link is down, that of the way round. Milliseconds.
  std::vector<double> mean_ms;
  // No two satellites have a smaller mean shortest delay. Two that are not
  // linked need at least two links, each no shorter than the nearest live one.
  double smallest_mean_ms = 0;
};

LinkDelays MeasureLinks(const Constellation& constellation,
                        const SolveOptions& options);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_LINK_DELAYS_H_
