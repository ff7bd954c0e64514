#include "cli/bench/latency_bench.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace spacemoe {
namespace {

constexpr double kMsPerNs = 1e-6;

double ModelErrorMs(const BenchLap& lap) {
  return PartsOf(lap.measured).total_ms() - lap.predicted.total_ms();
}

}  // namespace

LatencyParts PartsOf(const LatencyBreakdown& breakdown) {
  return {.propagation_ms = kMsPerNs * breakdown.propagation_ns,
          .processing_ms = kMsPerNs * breakdown.processing_ns,
          .serialization_ms = kMsPerNs * breakdown.serialization_ns,
          .queueing_ms = kMsPerNs * breakdown.queueing_ns,
          .compute_ms = kMsPerNs * breakdown.compute_ns};
}

LatencyComparison Compare(const StrategyBench& bench) {
  LatencyComparison result;
  std::vector<double> measured, predicted;
  for (const BenchLap& lap : bench.laps) {
    measured.push_back(lap.measured_ms());
    predicted.push_back(lap.predicted.total_ms());
    result.measured_parts += PartsOf(lap.measured);
    result.predicted_parts += lap.predicted;
    result.software_ms += kMsPerNs * lap.measured.software_ns;
    result.worst_lap_error_ms =
        std::max(result.worst_lap_error_ms, std::abs(ModelErrorMs(lap)));
  }
  const double share = 1.0 / static_cast<double>(bench.laps.size());
  result.measured_parts *= share;
  result.predicted_parts *= share;
  result.software_ms *= share;
  result.model_error_ms =
      result.measured_parts.total_ms() - result.predicted_parts.total_ms();
  result.measured = Summarize(std::move(measured));
  result.predicted = Summarize(std::move(predicted));
  return result;
}

}  // namespace spacemoe
