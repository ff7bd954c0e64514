#include "coordinator/core/startup_board.h"

namespace spacemoe {

void StartupBoard::Watch(StartupWatcher* watcher) {
  watcher->OnProgress(progress_);
  if (outcome_.has_value()) {
    watcher->OnStarted(*outcome_);
    return;
  }
  watchers_.insert(watcher);
}

void StartupBoard::Report(const StartupProgress& progress) {
  if (progress == progress_ || concluded()) return;
  progress_ = progress;
  for (StartupWatcher* watcher : watchers_) watcher->OnProgress(progress_);
}

void StartupBoard::Conclude(const absl::Status& status) {
  if (concluded()) return;
  outcome_ = status;
  for (StartupWatcher* watcher : watchers_) watcher->OnStarted(status);
  watchers_.clear();
}

}  // namespace spacemoe
