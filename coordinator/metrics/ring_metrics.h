// What the coordinator knows about tokens and sequences, for Prometheus.
#ifndef SPACEMOE_COORDINATOR_METRICS_RING_METRICS_H_
#define SPACEMOE_COORDINATOR_METRICS_RING_METRICS_H_

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "coordinator/core/cluster.h"
#include "coordinator/core/session_observer.h"
#include "prometheus/metric_family.h"

namespace spacemoe {

// Counts of values up to bounds. Not thread-safe.
class MetricHistogram {
 public:
  explicit MetricHistogram(std::vector<double> bounds);
  void Add(double value);
  uint64_t count() const { return count_; }
  double sum() const { return sum_; }
  const std::vector<double>& bounds() const { return bounds_; }
  // Of values at most bounds()[i], and above the one before.
  const std::vector<uint64_t>& counts() const { return counts_; }

 private:
  std::vector<double> bounds_;  // ascending
  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
  double sum_ = 0;
};

// Latencies are emulated time, the wait for admission is wall time.
// Thread-safe.
class RingMetrics final : public SessionObserver {
 public:
  explicit RingMetrics(std::function<int64_t()> monotonic_ns);

  void OnQueued(uint64_t sequence) override;
  void OnAdmitted(uint64_t sequence, int64_t prompt_tokens) override;
  void OnToken(const TokenReport& token, bool first) override;
  void OnEnded(uint64_t sequence, SequenceFate fate) override;

  std::vector<prometheus::MetricFamily> Collect() const;

 private:
  static constexpr size_t kParts = 6;
  static constexpr size_t kFates = 4;

  void AddParts(const LatencyBreakdown& lap);

  const std::function<int64_t()> monotonic_ns_;

  mutable std::mutex mutex_;  // protects what follows
  MetricHistogram first_token_;
  MetricHistogram token_;
  std::vector<MetricHistogram> parts_;  // [kParts]
  MetricHistogram wait_;
  uint64_t generated_ = 0;
  uint64_t prompt_tokens_ = 0;
  std::array<uint64_t, kFates> ended_{};
  std::map<uint64_t, int64_t> queued_ns_;  // by sequence
};

// Of the cluster at this moment.
std::vector<prometheus::MetricFamily> ClusterMetrics(const ClusterState& state);

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_METRICS_RING_METRICS_H_
