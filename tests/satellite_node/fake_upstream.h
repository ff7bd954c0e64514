// A coordinator's end, seen from a satellite, without a network.
#ifndef SPACEMOE_TESTS_SATELLITE_NODE_FAKE_UPSTREAM_H_
#define SPACEMOE_TESTS_SATELLITE_NODE_FAKE_UPSTREAM_H_

#include <deque>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "satellite_node/upstream.h"

namespace spacemoe {

class FakeUpstream final : public Upstream {
 public:
  void Send(v1::SatelliteMessage message) override {
    absl::MutexLock lock(&mutex_);
    messages_.push_back(std::move(message));
  }
  void Close(absl::Duration) override {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
  }

  // The next message; waits for it.
  v1::SatelliteMessage Next() {
    absl::MutexLock lock(
        &mutex_, absl::Condition(
                     +[](FakeUpstream* self) ABSL_NO_THREAD_SAFETY_ANALYSIS {
                       return !self->messages_.empty();
                     },
                     this));
    v1::SatelliteMessage message = std::move(messages_.front());
    messages_.pop_front();
    return message;
  }
  bool closed() {
    absl::MutexLock lock(&mutex_);
    return closed_;
  }

 private:
  absl::Mutex mutex_;
  std::deque<v1::SatelliteMessage> messages_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_SATELLITE_NODE_FAKE_UPSTREAM_H_
