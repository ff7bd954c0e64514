// A bidirectional client stream with a write queue.
#ifndef SPACEMOE_RUNTIME_NET_CLIENT_STREAM_H_
#define SPACEMOE_RUNTIME_NET_CLIENT_STREAM_H_

#include <deque>
#include <functional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
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
  void Queue(Out message) ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    if (ended_ || closing_) return;
    queue_.push_back(std::move(message));
    if (!writing_) WriteNext();
  }

  // Sends what is queued, then ends the stream; false when the peer has not
  // ended it in turn within `timeout`.
  bool Close(absl::Duration timeout) ABSL_LOCKS_EXCLUDED(mutex_) {
    {
      absl::MutexLock lock(&mutex_);
      closing_ = true;
      if (!writing_) FinishWriting();
    }
    return WaitDone(timeout);
  }

  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (!ok) ended_ = true;
    if (ok && !queue_.empty()) return WriteNext();
    if (closing_ || ended_) FinishWriting();
  }

  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mutex_) {
    if (ok) {
      handlers_.on_message(incoming_);
      return this->StartRead(&incoming_);
    }
    absl::MutexLock lock(&mutex_);
    ended_ = true;
    if (!writing_) FinishWriting();
  }

  void OnDone(const grpc::Status& status) override ABSL_LOCKS_EXCLUDED(mutex_) {
    if (!closing()) handlers_.on_broken(FromGrpc(status));
    absl::MutexLock lock(&mutex_);
    done_ = true;
  }

 private:
  bool closing() const ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    return closing_;
  }

  void Cancel() ABSL_LOCKS_EXCLUDED(mutex_) {
    {
      absl::MutexLock lock(&mutex_);
      closing_ = true;
      queue_.clear();
      if (!writing_) FinishWriting();
    }
    context_.TryCancel();
  }

  bool WaitDone(absl::Duration timeout) ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&done_), timeout);
  }

  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    writing_ = true;
    current_ = std::move(queue_.front());
    queue_.pop_front();
    this->StartWrite(&current_);
  }

  void FinishWriting() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (std::exchange(hold_returned_, true)) return;
    queue_.clear();
    if (!ended_) this->StartWritesDone();
    this->RemoveHold();
  }

  const Handlers handlers_;
  grpc::ClientContext context_;
  In incoming_;  // gRPC's between StartRead and OnReadDone
  Out current_;  // gRPC's while writing_

  mutable absl::Mutex mutex_;
  std::deque<Out> queue_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;  // by us
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;    // by the peer
  bool hold_returned_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_CLIENT_STREAM_H_
