#include "runtime/trace/link_statistics.h"

#include <algorithm>
#include <cmath>

namespace spacemoe {
namespace {

constexpr double kFirstBoundUs = 0.1;
constexpr double kBucketsPerOctave = 4;
// 0.07 * 100 is a little more than 7.
constexpr double kRounding = 1e-6;

int BucketOf(double late_us) {
  if (late_us <= kFirstBoundUs) return 0;
  const int bucket =
      static_cast<int>(kBucketsPerOctave * std::log2(late_us / kFirstBoundUs));
  return std::min(bucket, LinkStatistics::kBuckets - 1);
}

double UpperBoundUs(int bucket) {
  return kFirstBoundUs * std::exp2((bucket + 1) / kBucketsPerOctave);
}

}  // namespace

void LinkStatistics::Add(int64_t requested_ns, int64_t achieved_ns,
                         int64_t message_bytes) {
  const double late_us =
      std::max<double>(0, (achieved_ns - requested_ns) * 1e-3);
  ++messages;
  bytes += message_bytes;
  ++lateness_buckets[BucketOf(late_us)];
  max_late_us = std::max(max_late_us, late_us);
  requested_ns_sum += requested_ns;
  achieved_ns_sum += achieved_ns;
}

void LinkStatistics::Merge(const LinkStatistics& other) {
  messages += other.messages;
  bytes += other.bytes;
  for (int i = 0; i < kBuckets; ++i)
    lateness_buckets[i] += other.lateness_buckets[i];
  max_late_us = std::max(max_late_us, other.max_late_us);
  requested_ns_sum += other.requested_ns_sum;
  achieved_ns_sum += other.achieved_ns_sum;
}

double LinkStatistics::LatePercentileUs(double q) const {
  if (messages == 0) return 0;
  const double rank = std::max(1.0, std::ceil(q * messages - kRounding));
  uint64_t seen = 0;
  for (int i = 0; i < kBuckets; ++i) {
    seen += lateness_buckets[i];
    if (seen >= rank) return std::min(UpperBoundUs(i), max_late_us);
  }
  return max_late_us;
}

LinkStatistics Since(const LinkStatistics& before,
                     const LinkStatistics& after) {
  LinkStatistics since = after;
  since.messages -= before.messages;
  since.bytes -= before.bytes;
  since.requested_ns_sum -= before.requested_ns_sum;
  since.achieved_ns_sum -= before.achieved_ns_sum;
  int last = -1;
  for (int i = 0; i < LinkStatistics::kBuckets; ++i) {
    since.lateness_buckets[i] -= before.lateness_buckets[i];
    if (since.lateness_buckets[i] > 0) last = i;
  }
  // The largest may be from before: then the fullest bucket's end bounds it.
  if (after.max_late_us <= before.max_late_us) {
    since.max_late_us =
        last < 0 ? 0 : std::min(after.max_late_us, UpperBoundUs(last));
  }
  return since;
}

}  // namespace spacemoe
