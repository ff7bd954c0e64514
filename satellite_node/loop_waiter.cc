#include "satellite_node/loop_waiter.h"

#include "absl/time/clock.h"
#include "runtime/base/clock.h"

namespace spacemoe {
namespace {

absl::Time WallTime(int64_t monotonic_ns) {
  if (monotonic_ns == Waiter::kForever) return absl::InfiniteFuture();
  return absl::Now() + absl::Nanoseconds(monotonic_ns - MonotonicNanos());
}

}  // namespace

void LoopWaiter::Begin() {
  worker_ = std::this_thread::get_id();
  loop_->Borrow();
}

void LoopWaiter::End() { loop_->Return(); }

void LoopWaiter::Poll(Lock& lock) {
  lock.unlock();
  loop_->RunReady();
  lock.lock();
}

void LoopWaiter::WaitUntil(Lock& lock, int64_t monotonic_ns) {
  lock.unlock();
  loop_->RunUntil(WallTime(monotonic_ns));
  lock.lock();
}

// What the worker itself takes in needs no wake-up.
void LoopWaiter::Notify() {
  if (std::this_thread::get_id() != worker_.load()) loop_->Wake();
}

}  // namespace spacemoe
