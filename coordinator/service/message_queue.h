// Messages that wait for their turn on a stream which takes one at a time.
#ifndef SPACEMOE_COORDINATOR_SERVICE_MESSAGE_QUEUE_H_
#define SPACEMOE_COORDINATOR_SERVICE_MESSAGE_QUEUE_H_

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "grpcpp/grpcpp.h"

namespace spacemoe {

// Thread-safe. `start` begins a write, which ends with OnWritten; `finish`
// ends the stream and is called once, when nothing is left to write.
template <typename Message>
class MessageQueue {
 public:
  using Start = std::function<void(const Message* message)>;
  using End = std::function<void(const grpc::Status& status)>;

  MessageQueue(Start start, End finish)
      : start_(std::move(start)), finish_(std::move(finish)) {}

  // Messages after Finish are dropped.
  void Push(std::shared_ptr<const Message> message) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (outcome_.has_value()) return;
    messages_.push_back(std::move(message));
    if (messages_.size() == 1) start_(messages_.front().get());
  }

  void OnWritten(bool ok) {
    std::lock_guard<std::mutex> lock(mutex_);
    messages_.pop_front();
    if (!ok) Drop();
    if (!messages_.empty()) {
      start_(messages_.front().get());
    } else if (outcome_.has_value()) {
      finish_(*outcome_);
    }
  }

  // Ends the stream once the messages so far are written. The first counts.
  void Finish(const grpc::Status& status) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (outcome_.has_value()) return;
    outcome_ = status;
    if (messages_.empty()) finish_(*outcome_);
  }

 private:
  // The stream is broken: what waits will never be written.
  void Drop() {
    messages_.clear();
    if (!outcome_.has_value()) outcome_ = grpc::Status::CANCELLED;
  }

  const Start start_;
  const End finish_;
  std::mutex mutex_;
  std::deque<std::shared_ptr<const Message>> messages_;
  std::optional<grpc::Status> outcome_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_SERVICE_MESSAGE_QUEUE_H_
