// Mean and percentiles of latencies.
#ifndef SPACEMOE_RUNTIME_TRACE_LATENCY_SUMMARY_H_
#define SPACEMOE_RUNTIME_TRACE_LATENCY_SUMMARY_H_

#include <vector>

namespace spacemoe {

// In the unit of the values.
struct LatencySummary {
  double mean = 0;
  double p50 = 0;
  double p95 = 0;
  double p99 = 0;
  double max = 0;
};

// Percentiles are exact: the nearest rank, the smallest value that at least a
// share q of the values does not exceed. All zero without values.
LatencySummary Summarize(std::vector<double> values);

// `sorted` ascends and is not empty; q in [0, 1].
double NearestRank(const std::vector<double>& sorted, double q);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TRACE_LATENCY_SUMMARY_H_
