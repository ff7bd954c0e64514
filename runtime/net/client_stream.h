// A bidirectional client stream with a write queue.
#ifndef SPACEMOE_RUNTIME_NET_CLIENT_STREAM_H_
#define SPACEMOE_RUNTIME_NET_CLIENT_STREAM_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/support/async_stream.h"
#include "runtime/net/event_loop.h"
#include "runtime/net/grpc_settings.h"

namespace spacemoe {

// Thread-safe. Writes one message at a time, in the order of Queue, from the
// thread that queues it where that is possible.
template <typename Out, typename In>
class ClientStream final {
 public:
  using Call = grpc::ClientAsyncReaderWriter<Out, In>;
  // Prepares the call, e.g. stub->PrepareAsyncExchange(context, queue).
  using Preparer = std::function<std::unique_ptr<Call>(grpc::ClientContext*,
                                                       grpc::CompletionQueue*)>;

  struct Handlers {
    // From the loop, in order. Must not block.
    std::function<void(const In&)> on_message = [](const In&) {};
    // Once, when the stream ends though nobody closed it; an OK status: the
    // peer ended it in order.
    std::function<void(const absl::Status&)> on_broken =
        [](const absl::Status&) {};
  };

  // The loop is borrowed and outlives the stream.
  ClientStream(EventLoop* loop, const Preparer& prepare, Handlers handlers)
      : handlers_(std::move(handlers)),
        call_(prepare(&context_, loop->queue())) {
    call_->StartCall(&on_started_);
  }

  // Cancels, drops what is queued, and waits for the loop to see the end: not
  // from the thread that runs it.
  ~ClientStream() {
    Cancel();
    WaitDone(absl::InfiniteDuration());
  }
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  // Never waits for the network. Dropped once the stream has ended.
  void Queue(Out message) {
    const std::lock_guard lock(mutex_);
    if (ended_ || closing_) return;
    queue_.push_back(std::move(message));
    Continue();
  }

  // Sends what is queued, then ends the stream; false when the peer has not
  // ended it in turn within `timeout`.
  bool Close(absl::Duration timeout) {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
      Continue();
    }
    return WaitDone(timeout);
  }

 private:
  void Cancel() {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    queue_.clear();
    if (!done_) context_.TryCancel();
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

  void OnStarted(bool ok) {
    const std::lock_guard lock(mutex_);
    started_ = true;
    ended_ = !ok;
    if (ok) {
      reading_ = true;
      call_->Read(&incoming_, &on_read_);
    }
    Continue();
  }

  void OnRead(bool ok) {
    if (ok) {
      handlers_.on_message(incoming_);
      return call_->Read(&incoming_, &on_read_);
    }
    const std::lock_guard lock(mutex_);
    reading_ = false;
    ended_ = true;
    Continue();
  }

  void OnWritten(bool ok) {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (!ok) ended_ = true;
    Continue();
  }

  void OnFinished() {
    if (!closing()) handlers_.on_broken(FromGrpc(status_));
    const std::lock_guard lock(mutex_);
    done_ = true;
    // Under the lock: whoever waits may destroy this stream.
    finished_.notify_all();
  }

  // The next operation, if it is time for one. With mutex_ held.
  void Continue() {
    if (!started_ || writing_) return;
    if (ended_) return Finish();
    if (!queue_.empty()) return WriteNext();
    if (closing_ && !std::exchange(writes_done_, true)) {
      writing_ = true;
      call_->WritesDone(&on_written_);
    }
  }

  void WriteNext() {
    writing_ = true;
    current_ = std::move(queue_.front());
    queue_.pop_front();
    call_->Write(current_, &on_written_);
  }

  // The status follows once the last message has been read.
  void Finish() {
    queue_.clear();
    if (reading_ || std::exchange(finishing_, true)) return;
    call_->Finish(&status_, &on_finished_);
  }

  bool closing() const {
    const std::lock_guard lock(mutex_);
    return closing_;
  }

  const Handlers handlers_;
  EventHandler on_started_ = [this](bool ok) { OnStarted(ok); };
  EventHandler on_read_ = [this](bool ok) { OnRead(ok); };
  EventHandler on_written_ = [this](bool ok) { OnWritten(ok); };
  EventHandler on_finished_ = [this](bool) { OnFinished(); };
  grpc::ClientContext context_;
  const std::unique_ptr<Call> call_;
  In incoming_;          // gRPC's while reading_
  Out current_;          // gRPC's while writing_
  grpc::Status status_;  // gRPC's while finishing_

  mutable std::mutex mutex_;  // protects what follows
  std::deque<Out> queue_;
  bool started_ = false;
  bool reading_ = false;
  bool writing_ = false;
  bool writes_done_ = false;
  bool finishing_ = false;
  bool closing_ = false;  // by us
  bool ended_ = false;    // by the peer
  bool done_ = false;
  std::condition_variable finished_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_CLIENT_STREAM_H_
