#include "coordinator/core/trace_store.h"

#include <optional>

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

TraceReport Report(const std::string& batch, bool last = false) {
  return {batch, batch.size(), 0, last};
}

class TraceStoreTest : public ::testing::Test {
 protected:
  TraceStore::Done Keep(std::optional<absl::StatusOr<StoredTrace>>* result) {
    return [result](absl::StatusOr<StoredTrace> trace) {
      *result = std::move(trace);
    };
  }

  TraceStore store_{2, 10};
  std::optional<absl::StatusOr<StoredTrace>> first_, second_;
};

TEST_F(TraceStoreTest, GathersOnceAllHaveAnswered) {
  store_.Add(1, Report("abc"));
  store_.Gather(Keep(&first_));
  store_.Add(0, Report("d", true));
  EXPECT_FALSE(first_.has_value());
  store_.Add(1, Report("", true));
  ASSERT_TRUE(first_.has_value());
  const StoredTrace& trace = **first_;
  ASSERT_EQ(trace.batches.size(), 2u);
  EXPECT_EQ(trace.batches[0].index, 1);
  EXPECT_EQ(trace.batches[0].bytes, "abc");
  EXPECT_EQ(trace.batches[1].index, 0);
  EXPECT_EQ(trace.dropped, 0u);
}

TEST_F(TraceStoreTest, DropsAndCountsWhatFindsNoRoom) {
  store_.Add(0, Report("12345678"));
  store_.Add(0, Report("123"));
  store_.Add(0, Report("12"));
  store_.Add(1, {"", 0, 5, false});
  store_.Gather(Keep(&first_));
  store_.Add(0, Report("", true));
  store_.Add(1, Report("", true));
  EXPECT_EQ((*first_)->batches.size(), 2u);
  EXPECT_EQ((*first_)->dropped, 3u + 5u);
  // There is room again.
  store_.Add(0, Report("1234567890"));
  store_.Gather(Keep(&second_));
  store_.Add(0, Report("", true));
  store_.Add(1, Report("", true));
  EXPECT_EQ((*second_)->batches.size(), 1u);
  EXPECT_EQ((*second_)->dropped, 0u);
}

TEST_F(TraceStoreTest, TwoClientsGetWhatCameBetween) {
  store_.Gather(Keep(&first_));
  store_.Gather(Keep(&second_));
  store_.Add(0, Report("a", true));
  store_.Add(1, Report("b", true));
  ASSERT_TRUE(first_.has_value());
  EXPECT_FALSE(second_.has_value());
  store_.Add(1, Report("c", true));
  store_.Add(0, Report("", true));
  EXPECT_EQ((*first_)->batches.size(), 2u);
  EXPECT_EQ((*second_)->batches.size(), 1u);
}

TEST_F(TraceStoreTest, FailsEveryGathering) {
  store_.Gather(Keep(&first_));
  store_.FailAll(absl::UnavailableError("lost"));
  EXPECT_EQ(first_->status(), absl::UnavailableError("lost"));
  store_.Add(0, Report("", true));  // nobody waits
}

}  // namespace
}  // namespace spacemoe
