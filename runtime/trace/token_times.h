// When tokens came, and where their laps went.
#ifndef SPACEMOE_RUNTIME_TRACE_TOKEN_TIMES_H_
#define SPACEMOE_RUNTIME_TRACE_TOKEN_TIMES_H_

#include <cstdint>
#include <vector>

#include "runtime/trace/latency_breakdown.h"
#include "runtime/trace/latency_summary.h"

namespace spacemoe {

// A token of a text. Times are emulated nanoseconds: when it came, and how long
// after the one before (the first: after its prompt was injected).
struct TokenTime {
  int64_t emitted_ns = 0;
  int64_t lap_ns = 0;
  LatencyBreakdown lap;
};

// Milliseconds. The parts add up to the mean of the laps.
struct BreakdownMs {
  double propagation = 0;
  double processing = 0;
  double serialization = 0;
  double queueing = 0;
  double compute = 0;
  double software = 0;
};

// Of the laps; there is at least one.
BreakdownMs MeanBreakdown(const std::vector<TokenTime>& laps);
// Milliseconds.
LatencySummary SummarizeLaps(const std::vector<TokenTime>& laps);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TRACE_TOKEN_TIMES_H_
