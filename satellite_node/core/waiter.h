// How a worker waits for what it has to do.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_WAITER_H_
#define SPACEMOE_SATELLITE_NODE_CORE_WAITER_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>

namespace spacemoe {

// One worker's. Begin, Poll, WaitUntil and End are called by the worker's
// thread; Poll and WaitUntil with the worker's lock held, which they may give
// up meanwhile.
class Waiter {
 public:
  using Lock = std::unique_lock<std::mutex>;
  static constexpr int64_t kForever = std::numeric_limits<int64_t>::max();

  virtual ~Waiter() = default;

  // Before anything else, and after everything else.
  virtual void Begin() {}
  virtual void End() {}

  // Takes in what has come from outside, without waiting.
  virtual void Poll(Lock& lock) = 0;

  // Returns at a time of CLOCK_MONOTONIC (ns), or when something has come, or
  // after Notify; or earlier, for no reason.
  virtual void WaitUntil(Lock& lock, int64_t monotonic_ns) = 0;

  // From any thread, without the lock.
  virtual void Notify() = 0;
};

// Something else takes in what comes and notifies. Wakes to some microseconds:
// std's wait follows the monotonic clock, absl's does not.
class ConditionWaiter final : public Waiter {
 public:
  void Poll(Lock&) override {}

  void WaitUntil(Lock& lock, int64_t monotonic_ns) override {
    if (monotonic_ns == kForever) return wake_.wait(lock);
    wake_.wait_until(lock, std::chrono::steady_clock::time_point(
                               std::chrono::nanoseconds(monotonic_ns)));
  }

  void Notify() override { wake_.notify_one(); }

 private:
  std::condition_variable wake_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_WAITER_H_
