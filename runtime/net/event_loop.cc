#include "runtime/net/event_loop.h"

#include <utility>

#include "grpcpp/alarm.h"

namespace spacemoe {
namespace {

// An event of our own. Deletes itself.
class WakeUp {
 public:
  static void Post(grpc::CompletionQueue* queue, std::atomic<bool>* waking) {
    auto* wake_up = new WakeUp(waking);
    wake_up->alarm_.Set(queue, gpr_time_0(GPR_CLOCK_MONOTONIC),
                        &wake_up->handler_);
  }

 private:
  explicit WakeUp(std::atomic<bool>* waking)
      : handler_([this, waking](bool) {
          *waking = false;
          delete this;
        }) {}

  EventHandler handler_;
  grpc::Alarm alarm_;
};

void Handle(void* tag, bool ok) { (*static_cast<EventHandler*>(tag))(ok); }

gpr_timespec ToGpr(absl::Time time) {
  if (time == absl::InfiniteFuture()) return gpr_inf_future(GPR_CLOCK_REALTIME);
  if (time == absl::InfinitePast()) return gpr_inf_past(GPR_CLOCK_REALTIME);
  const timespec t = absl::ToTimespec(time);
  return {t.tv_sec, static_cast<int32_t>(t.tv_nsec), GPR_CLOCK_REALTIME};
}

}  // namespace

EventLoop::EventLoop(std::unique_ptr<grpc::ServerCompletionQueue> queue)
    : server_queue_(std::move(queue)),
      client_queue_(server_queue_ == nullptr
                        ? std::make_unique<grpc::CompletionQueue>()
                        : nullptr),
      queue_(server_queue_ == nullptr ? client_queue_.get()
                                      : server_queue_.get()),
      thread_([this] { RunThread(); }) {}

EventLoop::~EventLoop() {
  queue_->Shutdown();
  thread_.join();
}

void EventLoop::Borrow() {
  std::unique_lock lock(mutex_);
  borrowed_ = true;
  if (!idle_) Wake();  // the thread, so that it leaves the queue
  changed_.wait(lock, [this] { return idle_; });
}

void EventLoop::Return() {
  const std::lock_guard lock(mutex_);
  borrowed_ = false;
  changed_.notify_all();
}

void EventLoop::RunUntil(absl::Time deadline) {
  void* tag = nullptr;
  bool ok = false;
  gpr_timespec until = ToGpr(deadline);
  while (queue_->AsyncNext(&tag, &ok, until) ==
         grpc::CompletionQueue::GOT_EVENT) {
    Handle(tag, ok);
    until = gpr_inf_past(GPR_CLOCK_REALTIME);
  }
}

void EventLoop::Wake() {
  if (!waking_.exchange(true)) WakeUp::Post(queue_, &waking_);
}

void EventLoop::AwaitReturn() {
  std::unique_lock lock(mutex_);
  if (!borrowed_) return;
  idle_ = true;
  changed_.notify_all();
  changed_.wait(lock, [this] { return !borrowed_; });
  idle_ = false;
}

void EventLoop::RunThread() {
  void* tag = nullptr;
  bool ok = false;
  AwaitReturn();
  while (queue_->Next(&tag, &ok)) {
    Handle(tag, ok);
    AwaitReturn();
  }
}

}  // namespace spacemoe
