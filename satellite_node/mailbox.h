// What a satellite's main thread waits for.
#ifndef SPACEMOE_SATELLITE_NODE_MAILBOX_H_
#define SPACEMOE_SATELLITE_NODE_MAILBOX_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <variant>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "spacemoe/v1/membership.pb.h"

namespace spacemoe {

// The stream to a peer ended.
struct PeerLost {
  uint32_t satellite = 0;
  absl::Status reason;
};

// The stream to the coordinator ended; OK: in order.
struct CoordinatorGone {
  absl::Status reason;
};

// What the satellite has recorded is worth a message.
struct TraceFilled {};

using NodeEvent = std::variant<v1::CoordinatorMessage, PeerLost,
                               CoordinatorGone, TraceFilled>;

// Thread-safe. Pushing never blocks.
class Mailbox {
 public:
  void Push(NodeEvent event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    filled_.notify_one();
  }

  // Unset when nothing has come by `deadline`.
  std::optional<NodeEvent> Pop(absl::Time deadline) {
    std::unique_lock lock(mutex_);
    if (!Wait(lock, deadline)) return std::nullopt;
    NodeEvent event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

 private:
  bool Wait(std::unique_lock<std::mutex>& lock, absl::Time deadline) {
    const auto filled = [this] { return !events_.empty(); };
    if (deadline != absl::InfiniteFuture()) {
      return filled_.wait_for(
          lock, absl::ToChronoNanoseconds(deadline - absl::Now()), filled);
    }
    filled_.wait(lock, filled);
    return true;
  }

  std::mutex mutex_;  // protects what follows
  std::deque<NodeEvent> events_;
  std::condition_variable filled_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_MAILBOX_H_
