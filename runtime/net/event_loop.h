// gRPC's asynchronous events, handled one after another by one thread.
//
// Why not gRPC's callback API, which needs no loop: release 1.51 serves it with
// two threads that sleep for 100 ms whenever a second has passed without an
// event (CallbackAlternativeCQ in its completion_queue_cc.cc), so that the
// first packet after a pause comes up to 100 ms late; and each event wakes
// both.
#ifndef SPACEMOE_RUNTIME_NET_EVENT_LOOP_H_
#define SPACEMOE_RUNTIME_NET_EVENT_LOOP_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"

namespace spacemoe {

// What gRPC's operations get as their tag: called once for each time that it is
// passed, with gRPC's `ok`, from the thread that runs the loop. Must not block.
using EventHandler = std::function<void(bool ok)>;

// Owns a completion queue and a thread that runs it. All methods are
// thread-safe.
class EventLoop {
 public:
  // Of a server that is being built; outlives that server's calls. Unset: for
  // clients only.
  explicit EventLoop(
      std::unique_ptr<grpc::ServerCompletionQueue> queue = nullptr);

  // Every stream on the loop has ended, the server has shut down, and nobody
  // borrows the loop. Handles what is left.
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  grpc::CompletionQueue* queue() const { return queue_; }
  // Null when for clients only.
  grpc::ServerCompletionQueue* server_queue() const {
    return server_queue_.get();
  }

  // From Borrow to Return the calling thread runs the events itself, by
  // RunUntil, and saves the switch from one thread to another: a message then
  // wakes the thread that works on it. One borrower at a time, and not the
  // loop's own thread: Borrow waits until that has left the events alone, since
  // it would take in, and so lose, what is meant to wake the borrower.
  void Borrow();
  void Return();

  // Borrower only. Handles all that has happened; if nothing has, waits for
  // something, or for Wake, until `deadline` (to a millisecond or two).
  void RunUntil(absl::Time deadline);

  // Borrower only. Handles what has happened already.
  void RunReady() { RunUntil(absl::InfinitePast()); }

  // Ends the borrower's RunUntil, now or the next.
  void Wake();

 private:
  void RunThread();
  void AwaitReturn();

  const std::unique_ptr<grpc::ServerCompletionQueue> server_queue_;
  const std::unique_ptr<grpc::CompletionQueue> client_queue_;
  grpc::CompletionQueue* const queue_;
  std::atomic<bool> waking_ = false;

  std::mutex mutex_;  // protects what follows
  bool borrowed_ = false;
  bool idle_ = false;  // the thread waits for the loop's return
  std::condition_variable changed_;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_EVENT_LOOP_H_
