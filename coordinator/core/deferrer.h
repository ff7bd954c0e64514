// Runs something a little later.
#ifndef SPACEMOE_COORDINATOR_CORE_DEFERRER_H_
#define SPACEMOE_COORDINATOR_CORE_DEFERRER_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "absl/time/time.h"

namespace spacemoe {

class Deferrer {
 public:
  virtual ~Deferrer() = default;
  virtual void After(absl::Duration delay, std::function<void()> action) = 0;
};

// On a thread of its own, in the order of their times. The destructor drops
// what is not due and waits for what runs. Thread-safe.
class ThreadDeferrer final : public Deferrer {
 public:
  ThreadDeferrer();
  ~ThreadDeferrer() override;

  void After(absl::Duration delay, std::function<void()> action) override;

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::multimap<std::chrono::steady_clock::time_point, std::function<void()>>
      actions_;
  std::thread thread_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_CORE_DEFERRER_H_
