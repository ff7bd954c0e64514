#include "coordinator/metrics/ring_metrics.h"

#include <algorithm>
#include <utility>

#include "runtime/metrics/families.h"

namespace spacemoe {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

// Seconds. Ten steps a decade: the laps of one ring differ by little.
const std::vector<double> kLatencyBounds = {
    0.001, 0.00125, 0.0016, 0.002, 0.0025, 0.00315, 0.004, 0.005, 0.0063, 0.008,
    0.01,  0.0125,  0.016,  0.02,  0.025,  0.0315,  0.04,  0.05,  0.063,  0.08,
    0.1,   0.125,   0.16,   0.2,   0.25,   0.315,   0.4,   0.5,   0.63,   0.8,
    1,     1.25,    1.6,    2,     2.5,    3.15,    4,     5,     6.3,    8,
    10,    12.5,    16,     20,    25,     31.5};
const std::vector<double> kPartBounds = {0.00001, 0.0001, 0.001, 0.005, 0.01,
                                         0.025,   0.05,   0.1,   0.2,   0.3,
                                         0.4,     0.5,    0.8,   1.5,   5};
const std::vector<double> kWaitBounds = {0.001, 0.01, 0.1, 0.5, 1,
                                         2.5,   5,    10,  30,  120};

constexpr const char* kPartNames[] = {"propagation",   "processing",
                                      "serialization", "queueing",
                                      "compute",       "software"};
constexpr const char* kFateNames[] = {"stop", "length", "cancelled", "failed"};

void AddHistogram(const MetricHistogram& histogram, MetricLabels labels,
                  FamilyBuilder* family) {
  std::vector<FamilyBuilder::Bucket> buckets;
  uint64_t cumulative = 0;
  for (size_t i = 0; i < histogram.bounds().size(); ++i) {
    cumulative += histogram.counts()[i];
    buckets.push_back({histogram.bounds()[i], cumulative});
  }
  family->Histogram(buckets, histogram.count(), histogram.sum(),
                    std::move(labels));
}

MetricFamily HistogramFamily(std::string name, std::string help,
                             const MetricHistogram& histogram) {
  FamilyBuilder family(std::move(name), std::move(help), MetricType::Histogram);
  AddHistogram(histogram, {}, &family);
  return std::move(family).Build();
}

}  // namespace

MetricHistogram::MetricHistogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), counts_(bounds_.size()) {}

void MetricHistogram::Add(double value) {
  const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), value);
  if (bound != bounds_.end()) ++counts_[bound - bounds_.begin()];
  ++count_;
  sum_ += value;
}

RingMetrics::RingMetrics(std::function<int64_t()> monotonic_ns)
    : monotonic_ns_(std::move(monotonic_ns)),
      first_token_(kLatencyBounds),
      token_(kLatencyBounds),
      parts_(kParts, MetricHistogram(kPartBounds)),
      wait_(kWaitBounds) {}

void RingMetrics::OnQueued(uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  queued_ns_[sequence] = monotonic_ns_();
}

void RingMetrics::OnAdmitted(uint64_t sequence, int64_t prompt_tokens) {
  const std::lock_guard lock(mutex_);
  prompt_tokens_ += prompt_tokens;
  const auto queued = queued_ns_.find(sequence);
  if (queued == queued_ns_.end()) return;
  wait_.Add(static_cast<double>(monotonic_ns_() - queued->second) * 1e-9);
  queued_ns_.erase(queued);
}

void RingMetrics::OnToken(const TokenReport& token, bool first) {
  const std::lock_guard lock(mutex_);
  ++generated_;
  const double lap = static_cast<double>(token.lap_ns) * 1e-9;
  if (first) {
    first_token_.Add(lap);
    return;
  }
  token_.Add(lap);
  AddParts(token.lap);
}

void RingMetrics::AddParts(const LatencyBreakdown& lap) {
  const int64_t parts[kParts] = {lap.propagation_ns,   lap.processing_ns,
                                 lap.serialization_ns, lap.queueing_ns,
                                 lap.compute_ns,       lap.software_ns};
  for (size_t i = 0; i < kParts; ++i)
    parts_[i].Add(static_cast<double>(parts[i]) * 1e-9);
}

void RingMetrics::OnEnded(uint64_t sequence, SequenceFate fate) {
  const std::lock_guard lock(mutex_);
  ++ended_[static_cast<size_t>(fate)];
  queued_ns_.erase(sequence);
}

std::vector<MetricFamily> RingMetrics::Collect() const {
  const std::lock_guard lock(mutex_);
  std::vector<MetricFamily> families = {
      HistogramFamily("spacemoe_time_to_first_token_seconds",
                      "From a prompt's injection at the head to its first "
                      "token, emulated time",
                      first_token_),
      HistogramFamily("spacemoe_token_latency_seconds",
                      "A decoded token's lap round the ring, emulated time",
                      token_),
      HistogramFamily("spacemoe_admission_wait_seconds",
                      "How long sequences waited for room, wall time", wait_),
      CounterFamily("spacemoe_tokens_generated_total", "Tokens generated",
                    static_cast<double>(generated_)),
      CounterFamily("spacemoe_prompt_tokens_total", "Tokens of prompts",
                    static_cast<double>(prompt_tokens_))};
  FamilyBuilder parts("spacemoe_token_latency_part_seconds",
                      "What a decoded token's lap is made of, emulated time",
                      MetricType::Histogram);
  for (size_t i = 0; i < kParts; ++i)
    AddHistogram(parts_[i], {{"part", kPartNames[i]}}, &parts);
  families.push_back(std::move(parts).Build());
  FamilyBuilder ended("spacemoe_sequences_total",
                      "Sequences that have ended, by how", MetricType::Counter);
  for (size_t i = 0; i < kFates; ++i)
    ended.Value(static_cast<double>(ended_[i]), {{"outcome", kFateNames[i]}});
  families.push_back(std::move(ended).Build());
  return families;
}

std::vector<MetricFamily> ClusterMetrics(const ClusterState& state) {
  FamilyBuilder satellites("spacemoe_satellites",
                           "Satellites of the plan, by how far they are",
                           MetricType::Gauge);
  satellites.Value(state.progress.satellites, {{"state", "planned"}});
  satellites.Value(state.progress.registered, {{"state", "registered"}});
  satellites.Value(state.progress.ready, {{"state", "ready"}});
  satellites.Value(state.connected, {{"state", "connected"}});
  std::vector<MetricFamily> families = {
      GaugeFamily("spacemoe_ready", "1: the ring generates tokens",
                  state.readiness.ok() ? 1 : 0),
      GaugeFamily("spacemoe_sequences_active", "Sequences on the ring",
                  static_cast<double>(state.active)),
      GaugeFamily("spacemoe_sequences_queued",
                  "Sequences that wait for room in the KV caches",
                  static_cast<double>(state.queued)),
      GaugeFamily("spacemoe_kv_cache_reserved_bytes",
                  "KV cache that sequences have reserved on a gateway",
                  static_cast<double>(state.kv_bytes_used)),
      CounterFamily("spacemoe_satellite_losses_total",
                    "Satellites that were lost or failed",
                    static_cast<double>(state.losses))};
  families.push_back(std::move(satellites).Build());
  return families;
}

}  // namespace spacemoe
