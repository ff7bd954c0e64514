#include "runtime/metrics/link_metrics.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/metrics/families.h"

namespace spacemoe {
namespace {

// Every eighth of the statistics' buckets: 0.4 us, 1.6 us, ... 1.7 s.
constexpr int kBucketsAStep = 8;
constexpr int kSteps = 12;

prometheus::MetricFamily Lateness(const LinkStatistics& links) {
  std::vector<FamilyBuilder::Bucket> buckets;
  uint64_t cumulative = 0;
  for (int step = 0; step < kSteps; ++step) {
    for (int i = 0; i < kBucketsAStep; ++i)
      cumulative += links.lateness_buckets[step * kBucketsAStep + i];
    buckets.push_back(
        {0.1e-6 * std::exp2((step + 1) * kBucketsAStep / 4.0), cumulative});
  }
  const double late_ns =
      std::max(0.0, links.achieved_ns_sum - links.requested_ns_sum);
  FamilyBuilder family(
      "spacemoe_link_lateness_seconds",
      "Achieved minus requested delay of received messages, emulated time",
      prometheus::MetricType::Histogram);
  family.Histogram(buckets, links.messages, late_ns * 1e-9);
  return std::move(family).Build();
}

}  // namespace

std::vector<prometheus::MetricFamily> LinkMetrics(const LinkStatistics& links) {
  return {CounterFamily("spacemoe_link_messages_total",
                        "Messages received from other satellites",
                        static_cast<double>(links.messages)),
          CounterFamily("spacemoe_link_bytes_total",
                        "Bytes of these messages on a laser link",
                        static_cast<double>(links.bytes)),
          Lateness(links)};
}

}  // namespace spacemoe
