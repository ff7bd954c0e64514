#include "satellite_node/core/worker.h"

#include <algorithm>
#include <utility>

#include "runtime/base/status_macros.h"
#include "satellite_node/core/step_trace.h"

namespace spacemoe {

Worker::Worker(Station* station, const Clock* clock,
               std::function<void(const absl::Status&)> on_fault,
               std::unique_ptr<Waiter> waiter, TraceSink* trace)
    : station_(station),
      clock_(clock),
      on_fault_(std::move(on_fault)),
      waiter_(std::move(waiter)),
      trace_(trace),
      thread_([this] { Run(); }) {}

Worker::~Worker() { Stop(); }

void Worker::Stop() {
  {
    Lock lock(mutex_);
    stop_ = true;
  }
  waiter_->Notify();
  if (thread_.joinable()) thread_.join();
}

void Worker::Push(std::shared_ptr<const Packet> packet, int64_t came_ns,
                  bool count) {
  {
    Lock lock(mutex_);
    const int64_t earliest =
        std::max(packet->link.departure_ns, polled_since_ns_);
    held_.push(
        {std::move(packet), std::min(came_ns, earliest), count, order_++});
  }
  waiter_->Notify();
}

void Worker::Post(std::function<absl::Status()> command) {
  {
    Lock lock(mutex_);
    commands_.push_back(std::move(command));
  }
  waiter_->Notify();
}

LinkStatistics Worker::Statistics(bool restart) {
  Lock lock(mutex_);
  return restart ? std::exchange(statistics_, {}) : statistics_;
}

size_t Worker::PacketsHeld() {
  Lock lock(mutex_);
  return held_.size();
}

bool Worker::HasDue(int64_t now) const {
  return !held_.empty() && held_.top().due_ns() <= now;
}

void Worker::Poll(Lock& lock) {
  polled_since_ns_ = busy_from_ns_;
  waiter_->Poll(lock);
  polled_since_ns_ = kNever;
}

void Worker::Wait(Lock& lock) {
  while (!stop_ && commands_.empty()) {
    int64_t next = station_->NextStep();
    if (!held_.empty()) next = std::min(next, held_.top().due_ns());
    if (next == kNever) {
      waiter_->WaitUntil(lock, Waiter::kForever);
    } else if (next <= clock_->Now()) {
      return;
    } else {
      waiter_->WaitUntil(lock, clock_->ToMonotonic(next));
    }
  }
}

absl::Status Worker::RunCommands(Lock& lock) {
  while (!commands_.empty()) {
    std::vector<std::function<absl::Status()>> commands =
        std::exchange(commands_, {});
    lock.unlock();
    absl::Status status;
    for (auto& command : commands) {
      if (status.ok()) status = command();
    }
    lock.lock();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// While the worker was busy a packet was there at its due time, or when it
// came; while it waited, at the moment when it woke.
void Worker::CountLateness(const Held& held, int64_t now) {
  const LinkStamp& link = held.packet->link;
  const int64_t deliverable = std::max(held.due_ns(), held.came_ns);
  const int64_t achieved = deliverable <= busy_until_ns_ ? deliverable : now;
  statistics_.Add(link.due_ns - link.departure_ns, achieved - link.departure_ns,
                  LinkBytes(*held.packet));
}

void Worker::ReleaseDue(Lock& lock) {
  const int64_t now = clock_->Now();
  std::vector<Held> due;
  while (HasDue(now)) {
    due.push_back(held_.top());
    held_.pop();
    if (due.back().count) CountLateness(due.back(), now);
  }
  lock.unlock();
  for (const Held& held : due) Accept(held);
  lock.lock();
}

void Worker::Accept(const Held& held) {
  const Arrival arrival = MakeArrival(held.packet, held.came_ns);
  if (trace_ != nullptr) trace_->OnFlight(FlightOf(arrival));
  station_->Accept(arrival);
}

void Worker::Run() {
  waiter_->Begin();
  const absl::Status status = RunSteps();
  waiter_->End();
  if (!status.ok()) on_fault_(status);
}

absl::Status Worker::RunSteps() {
  Lock lock(mutex_);
  while (true) {
    busy_until_ns_ = clock_->Now();
    Poll(lock);
    Wait(lock);
    busy_from_ns_ = clock_->Now();
    if (stop_) return absl::OkStatus();
    SPACEMOE_RETURN_IF_ERROR(RunCommands(lock));
    ReleaseDue(lock);
    if (station_->NextStep() > clock_->Now()) continue;
    lock.unlock();
    const absl::Status status = station_->Step();
    lock.lock();
    SPACEMOE_RETURN_IF_ERROR(status);
  }
}

}  // namespace spacemoe
