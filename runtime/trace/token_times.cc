#include "runtime/trace/token_times.h"

#include <utility>

namespace spacemoe {
namespace {

constexpr double kNsPerMs = 1e6;

}  // namespace

BreakdownMs MeanBreakdown(const std::vector<TokenTime>& laps) {
  LatencyBreakdown sum;
  for (const TokenTime& lap : laps) sum += lap.lap;
  const double scale = 1 / (kNsPerMs * laps.size());
  return BreakdownMs{sum.propagation_ns * scale,   sum.processing_ns * scale,
                     sum.serialization_ns * scale, sum.queueing_ns * scale,
                     sum.compute_ns * scale,       sum.software_ns * scale};
}

LatencySummary SummarizeLaps(const std::vector<TokenTime>& laps) {
  std::vector<double> values;
  for (const TokenTime& lap : laps) values.push_back(lap.lap_ns / kNsPerMs);
  return Summarize(std::move(values));
}

}  // namespace spacemoe
