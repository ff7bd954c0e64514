#include "coordinator/api/openai/link_watch.h"

#include <utility>

#include "absl/time/clock.h"

namespace spacemoe::openai {
namespace {

constexpr absl::Duration kFresh = absl::Milliseconds(250);

}  // namespace

LinkStatistics LinkWatch::Last() {
  std::lock_guard<std::mutex> lock(mutex_);
  return last_;
}

void LinkWatch::Get(absl::Time since, Done done) {
  {
    std::unique_lock<std::mutex> lock(mutex_);
    if (last_asked_ >= since && absl::Now() - last_asked_ < kFresh) {
      const LinkStatistics last = last_;
      lock.unlock();
      return done(last);
    }
    waiters_.push_back(std::move(done));
    if (std::exchange(asking_, true)) return;
    asked_ = absl::Now();
  }
  cluster_->GatherStatistics(
      [this](const absl::StatusOr<LinkStatistics>& s) { OnRound(s); });
}

void LinkWatch::OnRound(const absl::StatusOr<LinkStatistics>& statistics) {
  std::vector<Done> served;
  std::optional<LinkStatistics> told;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    asking_ = false;
    if (statistics.ok()) {
      last_ = *statistics;
      last_asked_ = asked_;
      told = last_;
    }
    // Who came while the round was on its way takes it too: its own tokens had
    // been counted by then, but for the last few messages.
    std::swap(served, waiters_);
  }
  for (const Done& done : served) done(told);
}

}  // namespace spacemoe::openai
