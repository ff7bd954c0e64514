#include "runtime/trace/link_statistics.h"

#include "gtest/gtest.h"
#include "runtime/trace/link_statistics_proto.h"

namespace spacemoe {
namespace {

LinkStatistics Sample() {
  LinkStatistics statistics;
  for (int us = 1; us <= 100; ++us)
    statistics.Add(1'000'000, 1'000'000 + us * 1000, 10);
  return statistics;
}

TEST(LinkStatistics, SumsUp) {
  const LinkStatistics statistics = Sample();
  EXPECT_EQ(statistics.messages, 100u);
  EXPECT_EQ(statistics.bytes, 1000u);
  EXPECT_EQ(statistics.max_late_us, 100);
  EXPECT_EQ(statistics.requested_ns_sum, 1e8);
  EXPECT_EQ(statistics.achieved_ns_sum, 1e8 + 5050e3);
}

TEST(LinkStatistics, PercentilesAreAtMostNineteenPercentTooHigh) {
  const LinkStatistics statistics = Sample();
  for (int percent = 1; percent <= 100; ++percent) {
    const double found = statistics.LatePercentileUs(percent / 100.0);
    EXPECT_GE(found, percent * 0.9999);
    EXPECT_LE(found, percent * 1.19);
  }
}

TEST(LinkStatistics, EarlyAndHugeMessagesHaveBuckets) {
  LinkStatistics statistics;
  EXPECT_EQ(statistics.LatePercentileUs(0.5), 0);
  statistics.Add(1000, 0, 1);
  statistics.Add(0, INT64_MAX, 1);
  EXPECT_EQ(statistics.lateness_buckets.front(), 1u);
  EXPECT_EQ(statistics.lateness_buckets.back(), 1u);
}

TEST(LinkStatistics, MergeEqualsAddingAll) {
  LinkStatistics twice = Sample();
  twice.Merge(Sample());
  EXPECT_EQ(twice.messages, 200u);
  EXPECT_EQ(twice.LatePercentileUs(0.5), Sample().LatePercentileUs(0.5));
}

TEST(LinkStatistics, RoundTripsOverTheWire) {
  const LinkStatistics statistics = Sample();
  const auto decoded = FromProto(ToProto(statistics));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->messages, statistics.messages);
  EXPECT_EQ(decoded->bytes, statistics.bytes);
  EXPECT_EQ(decoded->lateness_buckets, statistics.lateness_buckets);
  EXPECT_EQ(decoded->max_late_us, statistics.max_late_us);
  EXPECT_EQ(decoded->achieved_ns_sum, statistics.achieved_ns_sum);
}

TEST(LinkStatistics, RefusesBucketsThatDoNotAddUp) {
  v1::LinkStatistics proto = ToProto(Sample());
  proto.set_messages(3);
  EXPECT_EQ(FromProto(proto).status().code(),
            absl::StatusCode::kInvalidArgument);
  proto.mutable_lateness_buckets()->Resize(LinkStatistics::kBuckets + 1, 0);
  EXPECT_EQ(FromProto(proto).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace spacemoe
