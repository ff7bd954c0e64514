// What a satellite has computed so far.
#ifndef SPACEMOE_RUNTIME_TRACE_STEP_COUNTERS_H_
#define SPACEMOE_RUNTIME_TRACE_STEP_COUNTERS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "runtime/trace/trace_event.h"

namespace spacemoe {

inline constexpr size_t kStepKinds = 5;

// Of one kind of step. Batches: bucket i counts steps of at most 2^i rows, the
// last all others.
struct StepStatistics {
  static constexpr size_t kBatchBuckets = 8;

  uint64_t rows = 0;
  int64_t compute_ns = 0;  // emulated
  std::array<uint64_t, kBatchBuckets> batches{};

  uint64_t steps() const {
    uint64_t steps = 0;
    for (uint64_t count : batches) steps += count;
    return steps;
  }
};

// Thread-safe; Add costs a few nanoseconds.
class StepCounters {
 public:
  void Add(StepKind kind, uint64_t rows, int64_t compute_ns) {
    Counters& counters = kinds_[static_cast<size_t>(kind)];
    Increase(&counters.rows, rows);
    Increase(&counters.compute_ns, compute_ns);
    Increase(&counters.batches[BucketOf(rows)], 1);
  }

  StepStatistics Get(StepKind kind) const {
    const Counters& counters = kinds_[static_cast<size_t>(kind)];
    StepStatistics statistics;
    statistics.rows = counters.rows.load(std::memory_order_relaxed);
    statistics.compute_ns = counters.compute_ns.load(std::memory_order_relaxed);
    for (size_t i = 0; i < StepStatistics::kBatchBuckets; ++i) {
      statistics.batches[i] =
          counters.batches[i].load(std::memory_order_relaxed);
    }
    return statistics;
  }

 private:
  struct Counters {
    std::atomic<uint64_t> rows = 0;
    std::atomic<int64_t> compute_ns = 0;
    std::array<std::atomic<uint64_t>, StepStatistics::kBatchBuckets> batches{};
  };

  template <typename Integer>
  static void Increase(std::atomic<Integer>* counter,
                       std::type_identity_t<Integer> by) {
    counter->fetch_add(by, std::memory_order_relaxed);
  }

  static size_t BucketOf(uint64_t rows) {
    size_t bucket = 0;
    while (bucket + 1 < StepStatistics::kBatchBuckets &&
           (uint64_t{1} << bucket) < rows) {
      ++bucket;
    }
    return bucket;
  }

  std::array<Counters, kStepKinds> kinds_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TRACE_STEP_COUNTERS_H_
