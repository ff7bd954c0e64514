// A bidirectional client stream with a write queue.
#ifndef SPACEMOE_RUNTIME_NET_CLIENT_STREAM_H_
#define SPACEMOE_RUNTIME_NET_CLIENT_STREAM_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/support/client_callback.h"
#include "runtime/net/grpc_settings.h"

namespace spacemoe {

// Thread-safe. Writes one message at a time, in the order of Queue. A hold
// keeps the call alive between writes; it is given back once, when the stream
// closes or breaks.
template <typename Out, typename In>
class ClientStream final : public grpc::ClientBidiReactor<Out, In> {
 public:
  using Reactor = grpc::ClientBidiReactor<Out, In>;
  // Prepares the call, e.g. stub->async()->Exchange(context, reactor).
  using Starter = std::function<void(grpc::ClientContext*, Reactor*)>;

  struct Handlers {
    // From gRPC's threads, in order. Must not block.
    std::function<void(const In&)> on_message = [](const In&) {};
    // Once, when the stream ends though nobody closed it; an OK status: the
    // peer ended it in order.
    std::function<void(const absl::Status&)> on_broken =
        [](const absl::Status&) {};
  };

  ClientStream(const Starter& start, Handlers handlers)
      : handlers_(std::move(handlers)) {
    start(&context_, this);
    this->AddHold();
    this->StartRead(&incoming_);
    this->StartCall();
  }

  // Cancels, drops what is queued, and waits for the last callback.
  ~ClientStream() override {
    Cancel();
    WaitDone(absl::InfiniteDuration());
  }

  // Never waits for the network. Dropped once the stream has ended.
  void Queue(Out message) {
    const std::lock_guard lock(mutex_);
    if (ended_ || closing_) return;
    queue_.push_back(std::move(message));
    if (!writing_) WriteNext();
  }

  // Sends what is queued, then ends the stream; false when the peer has not
  // ended it in turn within `timeout`.
  bool Close(absl::Duration timeout) {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
      if (!writing_) FinishWriting();
    }
    return WaitDone(timeout);
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (!ok) ended_ = true;
    if (ok && !queue_.empty()) return WriteNext();
    if (closing_ || ended_) FinishWriting();
  }

  void OnReadDone(bool ok) override {
    if (ok) {
      handlers_.on_message(incoming_);
      return this->StartRead(&incoming_);
    }
    const std::lock_guard lock(mutex_);
    ended_ = true;
    if (!writing_) FinishWriting();
  }

  void OnDone(const grpc::Status& status) override {
    if (!closing()) handlers_.on_broken(FromGrpc(status));
    const std::lock_guard lock(mutex_);
    done_ = true;
    // Under the lock: whoever waits may destroy this stream.
    finished_.notify_all();
  }

 private:
  bool closing() const {
    const std::lock_guard lock(mutex_);
    return closing_;
  }

  void Cancel() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
      queue_.clear();
      if (!writing_) FinishWriting();
    }
    context_.TryCancel();
  }

  bool WaitDone(absl::Duration timeout) {
    std::unique_lock lock(mutex_);
    const auto done = [this] { return done_; };
    if (timeout != absl::InfiniteDuration()) {
      return finished_.wait_for(lock, absl::ToChronoNanoseconds(timeout), done);
    }
    finished_.wait(lock, done);
    return true;
  }

  // With mutex_ held.
  void WriteNext() {
    writing_ = true;
    current_ = std::move(queue_.front());
    queue_.pop_front();
    this->StartWrite(&current_);
  }

  // With mutex_ held.
  void FinishWriting() {
    if (std::exchange(hold_returned_, true)) return;
    queue_.clear();
    if (!ended_) this->StartWritesDone();
    this->RemoveHold();
  }

  const Handlers handlers_;
  grpc::ClientContext context_;
  In incoming_;  // gRPC's between StartRead and OnReadDone
  Out current_;  // gRPC's while writing_

  mutable std::mutex mutex_;  // protects what follows
  std::deque<Out> queue_;
  bool writing_ = false;
  bool closing_ = false;  // by us
  bool ended_ = false;    // by the peer
  bool hold_returned_ = false;
  bool done_ = false;
  std::condition_variable finished_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_CLIENT_STREAM_H_
