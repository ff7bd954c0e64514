// Threads for one process's kernels. No result depends on their number.
#ifndef SPACEMOE_MODELS_KERNELS_THREAD_POOL_H_
#define SPACEMOE_MODELS_KERNELS_THREAD_POOL_H_

#include <cstdint>
#include <memory>

#include "absl/functional/function_ref.h"

namespace spacemoe {

// Of this machine, at least 1.
int AvailableCores();

// Runs ranges of independent work on `threads` threads, the caller being one
// of them. With one thread nothing is started and nothing is locked (a forked
// satellite stays single-threaded here). Workers spin for some microseconds
// between regions, then sleep on a futex; they keep off the caller's core,
// where a scheduler that saves itself the search for an idle one would queue
// them behind the caller. One region at a time: calls from different threads
// must not overlap.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const;

  // Calls fn(begin, end) on disjoint ranges that cover [0, count), each a
  // multiple of `grain` long but for the last; returns when all are done.
  void ParallelFor(std::int64_t count, std::int64_t grain,
                   absl::FunctionRef<void(std::int64_t, std::int64_t)> fn);

  // No region follows soon: the workers sleep at once.
  void Rest();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_KERNELS_THREAD_POOL_H_
