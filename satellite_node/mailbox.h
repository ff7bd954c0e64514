// What a satellite's main thread waits for.
#ifndef SPACEMOE_SATELLITE_NODE_MAILBOX_H_
#define SPACEMOE_SATELLITE_NODE_MAILBOX_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
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

using NodeEvent =
    std::variant<v1::CoordinatorMessage, PeerLost, CoordinatorGone>;

// Thread-safe. Pushing never blocks.
class Mailbox {
 public:
  void Push(NodeEvent event) {
    absl::MutexLock lock(&mutex_);
    events_.push_back(std::move(event));
  }

  // Unset when nothing has come by `deadline`.
  std::optional<NodeEvent> Pop(absl::Time deadline) {
    absl::MutexLock lock(&mutex_);
    auto filled = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return !events_.empty();
    };
    if (!mutex_.AwaitWithDeadline(absl::Condition(&filled), deadline))
      return std::nullopt;
    NodeEvent event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

 private:
  absl::Mutex mutex_;
  std::deque<NodeEvent> events_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_MAILBOX_H_
