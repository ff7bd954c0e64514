#include "satellite_node/node_metrics.h"

#include <iterator>
#include <string>
#include <utility>

#include "runtime/metrics/families.h"
#include "runtime/metrics/link_metrics.h"
#include "runtime/metrics/process_metrics.h"

namespace spacemoe {
namespace {

using prometheus::MetricType;

constexpr const char* kStepNames[kStepKinds] = {"gateway", "experts", "layer",
                                                "head", "inject"};

std::vector<FamilyBuilder::Bucket> BatchBuckets(const StepStatistics& steps) {
  std::vector<FamilyBuilder::Bucket> buckets;
  uint64_t cumulative = 0;
  for (size_t i = 0; i + 1 < steps.batches.size(); ++i) {
    cumulative += steps.batches[i];
    buckets.push_back({static_cast<double>(uint64_t{1} << i), cumulative});
  }
  return buckets;
}

void AddSteps(const NodeState& state,
              std::vector<prometheus::MetricFamily>* families) {
  FamilyBuilder batches("spacemoe_step_rows",
                        "Rows that one step takes, by kind of step",
                        MetricType::Histogram);
  FamilyBuilder compute("spacemoe_step_compute_seconds_total",
                        "Emulated compute time of steps, by kind of step",
                        MetricType::Counter);
  for (size_t kind = 0; kind < kStepKinds; ++kind) {
    const StepStatistics& steps = state.steps[kind];
    if (steps.steps() == 0) continue;
    const MetricLabels labels = {{"step", kStepNames[kind]}};
    batches.Histogram(BatchBuckets(steps), steps.steps(),
                      static_cast<double>(steps.rows), labels);
    compute.Value(static_cast<double>(steps.compute_ns) * 1e-9, labels);
  }
  families->push_back(std::move(batches).Build());
  families->push_back(std::move(compute).Build());
}

}  // namespace

std::vector<prometheus::MetricFamily> NodeMetrics(const NodeState& state) {
  std::vector<prometheus::MetricFamily> families =
      ProcessMetrics("spacemoe-satellite", SPACEMOE_VERSION);
  families.push_back(GaugeFamily(
      "spacemoe_satellite_ready",
      "1: the satellite is set up and has not failed", state.ready ? 1 : 0));
  families.push_back(GaugeFamily(
      "spacemoe_packets_held",
      "Packets that have come and are not due, or wait for the satellite",
      static_cast<double>(state.packets_held)));
  std::vector<prometheus::MetricFamily> links = LinkMetrics(state.links);
  families.insert(families.end(), std::make_move_iterator(links.begin()),
                  std::make_move_iterator(links.end()));
  AddSteps(state, &families);
  return families;
}

}  // namespace spacemoe
