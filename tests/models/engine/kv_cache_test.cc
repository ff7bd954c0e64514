#include "models/engine/kv_cache.h"

#include <vector>

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

constexpr int64_t kWidth = 8;
constexpr int64_t kBytesPerPosition = 2 * kWidth * 4;

GatewayRow Row(uint64_t sequence, int64_t position, int64_t capacity = 10) {
  return {sequence, position, capacity};
}

absl::StatusCode Extend(KvCache& cache, const std::vector<GatewayRow>& rows) {
  std::vector<SequenceCache*> caches;
  return cache.Extend(rows, &caches).code();
}

TEST(KvCache, ReservesTheCapacityOfANewSequence) {
  KvCache cache(kWidth, kWidth, 0);
  EXPECT_EQ(Extend(cache, {Row(1, 0), Row(1, 1), Row(2, 0, 5)}),
            absl::StatusCode::kOk);
  EXPECT_EQ(cache.bytes(), 15 * kBytesPerPosition);
}

TEST(KvCache, GivesEachRowItsSequence) {
  KvCache cache(kWidth, kWidth, 0);
  std::vector<SequenceCache*> caches;
  ASSERT_TRUE(cache.Extend({Row(1, 0), Row(2, 0), Row(1, 1)}, &caches).ok());
  EXPECT_EQ(caches[0], caches[2]);
  EXPECT_NE(caches[0], caches[1]);
  EXPECT_EQ(caches[0]->length, 2);
  EXPECT_EQ(caches[0]->Key(1) - caches[0]->Key(0), kWidth);
  EXPECT_NE(caches[0]->Key(0), caches[0]->Value(0));
}

TEST(KvCache, ReservesMoreThanMemoryHolds) {
  KvCache cache(1024, 1024, 0);
  std::vector<SequenceCache*> caches;
  ASSERT_TRUE(cache.Extend({Row(1, 0, int64_t{1} << 24)}, &caches).ok());
  caches[0]->Key((int64_t{1} << 24) - 1)[0] = 1;
  EXPECT_EQ(caches[0]->Key(0)[0], 0);
}

TEST(KvCache, RefusesAGap) {
  KvCache cache(kWidth, kWidth, 0);
  EXPECT_EQ(Extend(cache, {Row(1, 1)}), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Extend(cache, {Row(1, 0), Row(1, 2)}),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Extend(cache, {Row(1, -1)}), absl::StatusCode::kFailedPrecondition);
}

TEST(KvCache, TakesAPositionAgain) {
  KvCache cache(kWidth, kWidth, 0);
  ASSERT_EQ(Extend(cache, {Row(1, 0), Row(1, 1), Row(1, 2)}),
            absl::StatusCode::kOk);
  EXPECT_EQ(Extend(cache, {Row(1, 1)}), absl::StatusCode::kOk);
  EXPECT_EQ(Extend(cache, {Row(1, 3)}), absl::StatusCode::kOk);
}

TEST(KvCache, RefusesMoreThanTheCapacity) {
  KvCache cache(kWidth, kWidth, 0);
  EXPECT_EQ(Extend(cache, {Row(1, 0, 1)}), absl::StatusCode::kOk);
  EXPECT_EQ(Extend(cache, {Row(1, 1, 1)}),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Extend(cache, {Row(2, 0, 0)}),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Extend(cache, {Row(2, 0, INT64_MAX)}),
            absl::StatusCode::kResourceExhausted);
}

TEST(KvCache, RefusesMoreThanTheLimitUntilSomethingIsReleased) {
  KvCache cache(kWidth, kWidth, 15 * kBytesPerPosition);
  EXPECT_EQ(Extend(cache, {Row(1, 0)}), absl::StatusCode::kOk);
  EXPECT_EQ(Extend(cache, {Row(2, 0)}), absl::StatusCode::kResourceExhausted);
  cache.Release(1);
  EXPECT_EQ(cache.bytes(), 0);
  EXPECT_EQ(Extend(cache, {Row(2, 0)}), absl::StatusCode::kOk);
}

TEST(KvCache, ChangesNothingOnAnError) {
  KvCache cache(kWidth, kWidth, 0);
  ASSERT_EQ(Extend(cache, {Row(1, 0)}), absl::StatusCode::kOk);
  EXPECT_EQ(Extend(cache, {Row(1, 1), Row(2, 0), Row(1, 5)}),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(cache.bytes(), 10 * kBytesPerPosition);
  EXPECT_EQ(Extend(cache, {Row(1, 2)}), absl::StatusCode::kFailedPrecondition);
}

TEST(KvCache, IgnoresAnUnknownSequence) {
  KvCache cache(kWidth, kWidth, 0);
  cache.Release(77);
  EXPECT_EQ(cache.bytes(), 0);
}

}  // namespace
}  // namespace spacemoe
