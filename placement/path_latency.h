// The expected path latency by which the paper ranks satellites.
#ifndef SPACEMOE_PLACEMENT_PATH_LATENCY_H_
#define SPACEMOE_PLACEMENT_PATH_LATENCY_H_

#include <vector>

#include "placement/constellation.h"
#include "placement/problem.h"

namespace spacemoe {

// Means over SlotTimes of shortest delays from a gateway to every satellite.
struct MeanDelays {
  std::vector<double> delay_ns;  // [satellites]
  std::vector<double> hops;      // [satellites]
};

// [sources]
std::vector<MeanDelays> MeanDelaysFrom(const Constellation& constellation,
                                       const std::vector<int>& sources,
                                       const SolveOptions& options);

// Expected d(gateway, s) + d(s, successor) with the dispatched row on the first
// way and the output row on the second, for every satellite s (the links are
// the same both ways). Milliseconds, [satellites].
std::vector<double> PathLatencyMs(const Constellation& constellation,
                                  const MeanDelays& from_gateway,
                                  const MeanDelays& from_successor,
                                  const ModelShape& model);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_PATH_LATENCY_H_
