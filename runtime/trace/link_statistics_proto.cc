#include "runtime/trace/link_statistics_proto.h"

#include "absl/strings/str_cat.h"

namespace spacemoe {
namespace {

int UsedBuckets(const LinkStatistics& statistics) {
  int used = LinkStatistics::kBuckets;
  while (used > 0 && statistics.lateness_buckets[used - 1] == 0) --used;
  return used;
}

}  // namespace

v1::LinkStatistics ToProto(const LinkStatistics& statistics) {
  v1::LinkStatistics proto;
  proto.set_messages(statistics.messages);
  proto.set_bytes(statistics.bytes);
  proto.set_max_late_us(statistics.max_late_us);
  proto.set_requested_ns_sum(statistics.requested_ns_sum);
  proto.set_achieved_ns_sum(statistics.achieved_ns_sum);
  const int used = UsedBuckets(statistics);
  for (int i = 0; i < used; ++i)
    proto.add_lateness_buckets(statistics.lateness_buckets[i]);
  return proto;
}

absl::StatusOr<LinkStatistics> FromProto(const v1::LinkStatistics& proto) {
  if (proto.lateness_buckets_size() > LinkStatistics::kBuckets) {
    return absl::InvalidArgumentError(absl::StrCat(
        "link statistics: ", proto.lateness_buckets_size(),
        " buckets, expected ", LinkStatistics::kBuckets, " at most"));
  }
  LinkStatistics statistics{.messages = proto.messages(),
                            .bytes = proto.bytes(),
                            .max_late_us = proto.max_late_us(),
                            .requested_ns_sum = proto.requested_ns_sum(),
                            .achieved_ns_sum = proto.achieved_ns_sum()};
  uint64_t counted = 0;
  for (int i = 0; i < proto.lateness_buckets_size(); ++i) {
    statistics.lateness_buckets[i] = proto.lateness_buckets(i);
    counted += proto.lateness_buckets(i);
  }
  if (counted == proto.messages()) return statistics;
  return absl::InvalidArgumentError(
      absl::StrCat("link statistics: buckets hold ", counted,
                   " messages, expected ", proto.messages()));
}

}  // namespace spacemoe
