// Requested and achieved delays of received messages.
#ifndef SPACEMOE_RUNTIME_TRACE_LINK_STATISTICS_H_
#define SPACEMOE_RUNTIME_TRACE_LINK_STATISTICS_H_

#include <array>
#include <cstdint>

namespace spacemoe {

// A value; not thread-safe. Lateness (achieved minus requested) goes into
// logarithmic buckets: bucket i holds [2^(i/4), 2^((i+1)/4)) x 0.1 us, bucket 0
// everything below. A percentile is the upper bound of its bucket (at most
// 19 % too high), capped by the maximum.
class LinkStatistics {
 public:
  static constexpr int kBuckets = 128;

  void Add(int64_t requested_ns, int64_t achieved_ns, int64_t bytes);
  void Merge(const LinkStatistics& other);

  // q in [0, 1]; 0 when there are no messages. Microseconds.
  double LatePercentileUs(double q) const;

  uint64_t messages = 0;
  uint64_t bytes = 0;
  std::array<uint64_t, kBuckets> lateness_buckets{};
  double max_late_us = 0;
  double requested_ns_sum = 0;
  double achieved_ns_sum = 0;
};

// What `after` has more than `before`, which is an earlier state of it.
LinkStatistics Since(const LinkStatistics& before, const LinkStatistics& after);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TRACE_LINK_STATISTICS_H_
