// A thread that holds packets until they are due and runs a station's steps.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_WORKER_H_
#define SPACEMOE_SATELLITE_NODE_CORE_WORKER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/trace/link_statistics.h"
#include "runtime/trace/trace_sink.h"
#include "satellite_node/core/station.h"
#include "satellite_node/core/waiter.h"

namespace spacemoe {

// Thread-safe.
class Worker {
 public:
  // `on_fault` is called from the worker's thread, which then stops. Borrows
  // station, clock and `trace`, which may be null.
  Worker(Station* station, const Clock* clock,
         std::function<void(const absl::Status&)> on_fault,
         std::unique_ptr<Waiter> waiter = std::make_unique<ConditionWaiter>(),
         TraceSink* trace = nullptr);
  ~Worker();  // stops
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Ends the thread. What is pushed or posted afterwards is dropped.
  void Stop();

  // `count`: whether the packet counts in the statistics. What the waiter takes
  // in when a step ends may have come while the step ran: it counts from then.
  void Push(std::shared_ptr<const Packet> packet, int64_t came_ns, bool count);

  // Runs a command on the worker's thread, before later packets.
  void Post(std::function<absl::Status()> command);

  // `restart`: counts from now on.
  LinkStatistics Statistics(bool restart);

  size_t PacketsHeld();

 private:
  struct Held {
    std::shared_ptr<const Packet> packet;
    int64_t came_ns = 0;
    bool count = false;
    uint64_t order = 0;
    int64_t due_ns() const { return packet->link.due_ns; }
  };
  struct Later {
    bool operator()(const Held& a, const Held& b) const {
      return a.due_ns() != b.due_ns() ? a.due_ns() > b.due_ns()
                                      : a.order > b.order;
    }
  };
  using Lock = Waiter::Lock;

  void Run();
  // Until Stop, or until a step or a command fails.
  absl::Status RunSteps();
  // Waits until there is something to do.
  void Wait(Lock& lock);
  // Takes in what came while the worker was busy.
  void Poll(Lock& lock);
  bool HasDue(int64_t now) const;
  // Both release the lock while the station works.
  absl::Status RunCommands(Lock& lock);
  void ReleaseDue(Lock& lock);
  void CountLateness(const Held& held, int64_t now);
  void Accept(const Held& held);

  Station* const station_;
  const Clock* const clock_;
  const std::function<void(const absl::Status&)> on_fault_;
  const std::unique_ptr<Waiter> waiter_;
  TraceSink* const trace_;  // or null

  std::mutex mutex_;
  // Protected by mutex_.
  bool stop_ = false;
  std::priority_queue<Held, std::vector<Held>, Later> held_;
  std::vector<std::function<absl::Status()>> commands_;
  uint64_t order_ = 0;
  LinkStatistics statistics_;
  // Since when what is pushed now may have been there; kNever: it comes now.
  int64_t polled_since_ns_ = kNever;

  // The worker thread's own, emulated times.
  int64_t busy_from_ns_ = 0;
  int64_t busy_until_ns_ = 0;  // since then it has been waiting

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_WORKER_H_
