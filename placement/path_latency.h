// The expected path latency by which the paper ranks satellites.
#ifndef SPACEMOE_PLACEMENT_PATH_LATENCY_H_
#define SPACEMOE_PLACEMENT_PATH_LATENCY_H_

#include <cstdint>
#include <vector>

#include "placement/constellation.h"
#include "placement/problem.h"

namespace spacemoe {

// Means over SlotTimes of shortest delays from a gateway to every satellite.
struct MeanDelays {
  std::vector<double> delay_ns;  // [satellites]
  std::vector<double> hops;      // [satellites]
};

// What a satellite counts that no route reaches, in a slot.
inline constexpr int64_t kUnreachablePenaltyNs = 1'000'000'000;

// [sources]. Over the links that options.topology leaves.
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

// The `count` of `members` with the smallest PathLatencyMs, that first, then by
// id; fewer if there are fewer. Exact, but looks only at as much of the
// constellation as it must: a straight line is never longer than a route, so
// members are taken by the length of the straight lines until that alone
// exceeds the count-th latency found.
std::vector<int> NearestSites(const Constellation& constellation, int gateway,
                              int successor, const std::vector<int>& members,
                              int count, const ModelShape& model,
                              const SolveOptions& options);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_PATH_LATENCY_H_
