#include "coordinator/core/deferrer.h"

#include <utility>

namespace spacemoe {

ThreadDeferrer::ThreadDeferrer() : thread_([this] { Run(); }) {}

ThreadDeferrer::~ThreadDeferrer() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ThreadDeferrer::After(absl::Duration delay, std::function<void()> action) {
  const auto due =
      std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(delay);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    actions_.emplace(due, std::move(action));
  }
  changed_.notify_all();
}

void ThreadDeferrer::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    if (actions_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto next = actions_.begin();
    if (std::chrono::steady_clock::now() < next->first) {
      changed_.wait_until(lock, next->first);
      continue;
    }
    const std::function<void()> action = std::move(next->second);
    actions_.erase(next);
    lock.unlock();
    action();
    lock.lock();
  }
}

}  // namespace spacemoe
