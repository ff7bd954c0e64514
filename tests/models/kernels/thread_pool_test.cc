#include "models/kernels/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace spacemoe {
namespace {

void ExpectEachIndexOnce(ThreadPool& pool, std::int64_t count,
                         std::int64_t grain) {
  std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
  pool.ParallelFor(count, grain, [&](std::int64_t begin, std::int64_t end) {
    EXPECT_EQ(begin % grain, 0);
    EXPECT_TRUE(end == count || end % grain == 0);
    for (std::int64_t i = begin; i < end; ++i) ++visits[i];
  });
  for (const std::atomic<int>& visit : visits) EXPECT_EQ(visit.load(), 1);
}

TEST(ThreadPool, CoversTheRangeOnce) {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (const std::int64_t count : {0, 1, 5, 64, 1000}) {
      for (const std::int64_t grain : {1, 7, 64}) {
        ExpectEachIndexOnce(pool, count, grain);
      }
    }
  }
}

TEST(ThreadPool, RunsManyRegionsInARow) {
  ThreadPool pool(3);
  std::vector<std::int64_t> values(300, 0);
  for (int region = 0; region < 2000; ++region) {
    pool.ParallelFor(300, 10, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) ++values[i];
    });
  }
  for (const std::int64_t value : values) EXPECT_EQ(value, 2000);
}

TEST(ThreadPool, UsesTheCallerOnlyWithOneThread) {
  ThreadPool pool(1);
  const std::thread::id caller = std::this_thread::get_id();
  pool.ParallelFor(100, 1, [&](std::int64_t, std::int64_t) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
  });
}

TEST(ThreadPool, TreatsAGrainOfZeroAsOne) {
  ThreadPool pool(2);
  std::atomic<std::int64_t> sum{0};
  pool.ParallelFor(
      10, 0, [&](std::int64_t begin, std::int64_t end) { sum += end - begin; });
  EXPECT_EQ(sum.load(), 10);
}

TEST(ThreadPool, StopsWhileIdle) {
  for (int i = 0; i < 50; ++i) ThreadPool pool(2);
}

}  // namespace
}  // namespace spacemoe
