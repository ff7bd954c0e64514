// Which of the ring's processes has died, and which death is to be told.
#ifndef SPACEMOE_CLI_LAUNCHER_LOSSES_H_
#define SPACEMOE_CLI_LAUNCHER_LOSSES_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "cli/launcher/death_notice.h"

namespace spacemoe {

// The causes, the likelier culprit first: a satellite that exits by itself has
// often only noticed that another process is gone.
enum class LossKind { kCoordinator, kSatelliteKilled, kParent, kSatelliteExit };

struct Loss {
  LossKind kind = LossKind::kSatelliteExit;
  std::string what;  // "satellite 345 (...) lost: killed by signal 9 (SIGKILL)"
};

// Thread-safe.
class Losses {
 public:
  // Called once, without locks, when the first is added.
  explicit Losses(std::function<void()> on_first)
      : on_first_(std::move(on_first)) {}

  // The first of a kind counts.
  void Add(Loss loss);
  // What follows is of our own doing.
  void Close();

  // The likeliest culprit. Waits for one, and for a likelier one than a
  // satellite's exit, but no longer than `patience`.
  std::optional<Loss> Culprit(absl::Duration patience);

  // Waits for a loss of this kind or one that comes before it.
  Loss Await(LossKind kind);

 private:
  const std::function<void()> on_first_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  std::optional<Loss> worst_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_LAUNCHER_LOSSES_H_
