// A coordinator's end, seen from a satellite, without a network.
#ifndef SPACEMOE_TESTS_SATELLITE_NODE_FAKE_UPSTREAM_H_
#define SPACEMOE_TESTS_SATELLITE_NODE_FAKE_UPSTREAM_H_

#include <condition_variable>
#include <deque>
#include <mutex>

#include "satellite_node/upstream.h"

namespace spacemoe {

class FakeUpstream final : public Upstream {
 public:
  void Send(v1::SatelliteMessage message) override {
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
    filled_.notify_one();
  }
  void Close(absl::Duration) override {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }

  // The next message; waits for it.
  v1::SatelliteMessage Next() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !messages_.empty(); });
    v1::SatelliteMessage message = std::move(messages_.front());
    messages_.pop_front();
    return message;
  }
  bool closed() {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  std::mutex mutex_;  // protects what follows
  std::deque<v1::SatelliteMessage> messages_;
  std::condition_variable filled_;
  bool closed_ = false;
};

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_SATELLITE_NODE_FAKE_UPSTREAM_H_
