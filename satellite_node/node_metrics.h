// A satellite's numbers for Prometheus.
#ifndef SPACEMOE_SATELLITE_NODE_NODE_METRICS_H_
#define SPACEMOE_SATELLITE_NODE_NODE_METRICS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "prometheus/metric_family.h"
#include "runtime/trace/link_statistics.h"
#include "runtime/trace/step_counters.h"

namespace spacemoe {

// How a satellite is at one moment.
struct NodeState {
  bool ready = false;  // set up, and has not failed
  LinkStatistics links;
  std::array<StepStatistics, kStepKinds> steps;  // by StepKind
  uint64_t packets_held = 0;                     // not due yet, or not taken in
};

// Layer, role and satellite are labels of the target, not of each metric.
std::vector<prometheus::MetricFamily> NodeMetrics(const NodeState& state);

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_NODE_METRICS_H_
