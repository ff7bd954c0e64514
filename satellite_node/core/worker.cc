#include "satellite_node/core/worker.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace spacemoe {
namespace {

std::chrono::steady_clock::time_point SteadyTime(const Clock& clock,
                                                 int64_t emulated_ns) {
  return std::chrono::steady_clock::time_point(
      std::chrono::nanoseconds(clock.ToMonotonic(emulated_ns)));
}

}  // namespace

Worker::Worker(Station* station, const Clock* clock,
               std::function<void(const absl::Status&)> on_fault)
    : station_(station),
      clock_(clock),
      on_fault_(std::move(on_fault)),
      thread_([this] { Run(); }) {}

Worker::~Worker() { Stop(); }

void Worker::Stop() {
  {
    Lock lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Worker::Push(std::shared_ptr<const Packet> packet, int64_t came_ns,
                  bool count) {
  {
    Lock lock(mutex_);
    held_.push({std::move(packet), came_ns, count, order_++});
  }
  wake_.notify_one();
}

void Worker::Post(std::function<absl::Status()> command) {
  {
    Lock lock(mutex_);
    commands_.push_back(std::move(command));
  }
  wake_.notify_one();
}

LinkStatistics Worker::Statistics() const {
  Lock lock(mutex_);
  return statistics_;
}

bool Worker::HasDue(int64_t now) const {
  return !held_.empty() && held_.top().due_ns() <= now;
}

void Worker::Wait(Lock& lock) {
  while (!stop_ && commands_.empty()) {
    int64_t next = station_->NextStep();
    if (!held_.empty()) next = std::min(next, held_.top().due_ns());
    if (next == kNever) {
      wake_.wait(lock);
    } else if (next <= clock_->Now()) {
      return;
    } else {
      wake_.wait_until(lock, SteadyTime(*clock_, next));
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
  for (const Held& held : due)
    station_->Accept(MakeArrival(held.packet, held.came_ns));
  lock.lock();
}

void Worker::Run() {
  Lock lock(mutex_);
  while (true) {
    busy_until_ns_ = clock_->Now();
    Wait(lock);
    if (stop_) return;
    absl::Status status = RunCommands(lock);
    if (status.ok()) {
      ReleaseDue(lock);
      if (station_->NextStep() <= clock_->Now()) {
        lock.unlock();
        status = station_->Step();
        lock.lock();
      }
    }
    if (!status.ok()) {
      lock.unlock();
      on_fault_(status);
      return;
    }
  }
}

}  // namespace spacemoe
