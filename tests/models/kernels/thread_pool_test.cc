#include "models/kernels/thread_pool.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>

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

TEST(ThreadPool, WorksAfterRests) {
  ThreadPool pool(3);
  for (int region = 0; region < 500; ++region) {
    ExpectEachIndexOnce(pool, 64, 1);
    pool.Rest();
    if (region % 7 == 0) pool.Rest();
  }
}

TEST(ThreadPool, WorkersRestWithOneThread) { ThreadPool(1).Rest(); }

TEST(ThreadPool, WorkersLeaveTheCallersCoreToIt) {
  cpu_set_t cores;
  ASSERT_EQ(sched_getaffinity(0, sizeof(cores), &cores), 0);
  if (CPU_COUNT(&cores) < 2) GTEST_SKIP() << "one core";
  std::thread caller([&cores] {
    int core = 0;
    while (!CPU_ISSET(core, &cores)) ++core;
    cpu_set_t own;
    CPU_ZERO(&own);
    CPU_SET(core, &own);
    ThreadPool pool(2);
    ASSERT_EQ(pthread_setaffinity_np(pthread_self(), sizeof(own), &own), 0);
    const std::thread::id self = std::this_thread::get_id();
    std::atomic<bool> other_ran = false;
    // The caller may take all ranges before the worker wakes: try again.
    while (!other_ran) {
      pool.ParallelFor(64, 1, [&](std::int64_t, std::int64_t) {
        if (std::this_thread::get_id() == self) {
          std::this_thread::yield();
          return;
        }
        EXPECT_NE(sched_getcpu(), core);
        other_ran = true;
      });
    }
  });
  caller.join();
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
