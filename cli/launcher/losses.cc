#include "cli/launcher/losses.h"

#include <utility>

namespace spacemoe {

void Losses::Add(Loss loss) {
  bool first = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) return;
    first = !worst_.has_value();
    if (first || loss.kind < worst_->kind) worst_ = std::move(loss);
  }
  changed_.notify_all();
  if (first && on_first_) on_first_();
}

void Losses::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
}

std::optional<Loss> Losses::Culprit(absl::Duration patience) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoMilliseconds(patience), [this] {
    return worst_.has_value() && worst_->kind != LossKind::kSatelliteExit;
  });
  return worst_;
}

Loss Losses::Await(LossKind kind) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this, kind] {
    return worst_.has_value() && worst_->kind <= kind;
  });
  return *worst_;
}

}  // namespace spacemoe
