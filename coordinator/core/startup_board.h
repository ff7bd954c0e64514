// How the cluster comes up, and who watches it.
#ifndef SPACEMOE_COORDINATOR_CORE_STARTUP_BOARD_H_
#define SPACEMOE_COORDINATOR_CORE_STARTUP_BOARD_H_

#include <optional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"

namespace spacemoe {

struct StartupProgress {
  int satellites = 0;
  int registered = 0;
  int ready = 0;
  bool warming_up = false;

  friend bool operator==(const StartupProgress&,
                         const StartupProgress&) = default;
};

// Called with the cluster's lock held: must not block, must not call back.
class StartupWatcher {
 public:
  virtual ~StartupWatcher() = default;
  virtual void OnProgress(const StartupProgress& progress) = 0;
  // Once, the last call.
  virtual void OnStarted(const absl::Status& status) = 0;
};

// Not thread-safe. Watchers are borrowed until OnStarted or Forget.
class StartupBoard {
 public:
  explicit StartupBoard(int satellites) { progress_.satellites = satellites; }

  // Tells the watcher at once where things stand.
  void Watch(StartupWatcher* watcher);
  void Forget(StartupWatcher* watcher) { watchers_.erase(watcher); }

  void Report(const StartupProgress& progress);
  // The first outcome counts.
  void Conclude(const absl::Status& status);

  bool concluded() const { return outcome_.has_value(); }
  bool started() const { return concluded() && outcome_->ok(); }
  const StartupProgress& progress() const { return progress_; }

 private:
  StartupProgress progress_;
  std::optional<absl::Status> outcome_;
  absl::flat_hash_set<StartupWatcher*> watchers_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_CORE_STARTUP_BOARD_H_
