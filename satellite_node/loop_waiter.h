// A worker that runs the network's events itself while it has nothing to do.
#ifndef SPACEMOE_SATELLITE_NODE_LOOP_WAITER_H_
#define SPACEMOE_SATELLITE_NODE_LOOP_WAITER_H_

#include <atomic>
#include <thread>

#include "runtime/net/event_loop.h"
#include "satellite_node/core/waiter.h"

namespace spacemoe {

// A packet then wakes one thread of the process, not two: half the cost of a
// short step. The price: while a step runs nothing is taken in, and times to
// wait for are kept to a millisecond or two only. So it suits a satellite of
// one role whose links have no delays. The loop is borrowed.
class LoopWaiter final : public Waiter {
 public:
  explicit LoopWaiter(EventLoop* loop) : loop_(loop) {}

  void Begin() override;
  void End() override;
  void Poll(Lock& lock) override;
  void WaitUntil(Lock& lock, int64_t monotonic_ns) override;
  void Notify() override;

 private:
  EventLoop* const loop_;
  std::atomic<std::thread::id> worker_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_LOOP_WAITER_H_
