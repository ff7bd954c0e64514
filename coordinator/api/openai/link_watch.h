// What the ring's links have done while a request ran.
#ifndef SPACEMOE_COORDINATOR_API_OPENAI_LINK_WATCH_H_
#define SPACEMOE_COORDINATOR_API_OPENAI_LINK_WATCH_H_

#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "coordinator/core/cluster.h"
#include "runtime/trace/link_statistics.h"

namespace spacemoe::openai {

// Asks all satellites, one round at a time and four times a second at most,
// however many want to know. Thread-safe.
class LinkWatch {
 public:
  // Nothing when the ring is gone. May be called with the cluster's lock held:
  // must not block.
  using Done = std::function<void(std::optional<LinkStatistics>)>;

  // `cluster` is borrowed.
  explicit LinkWatch(Cluster* cluster) : cluster_(cluster) {}

  // Where the counts stood some time before now: what a request starts from.
  // They may be old when nothing ran meanwhile; unset before the first round,
  // when nothing has been counted yet.
  LinkStatistics Last();

  // Counts of `since` or later, not much older than now; those of a round that
  // is on its way already will do.
  void Get(absl::Time since, Done done);

 private:
  void OnRound(const absl::StatusOr<LinkStatistics>& statistics);

  Cluster* const cluster_;
  std::mutex mutex_;
  // Protected by mutex_; not held while the cluster is called.
  bool asking_ = false;
  absl::Time asked_ = absl::InfinitePast();  // when the last round began
  LinkStatistics last_;
  absl::Time last_asked_ = absl::InfinitePast();  // when that of last_ began
  std::vector<Done> waiters_;
};

}  // namespace spacemoe::openai

#endif  // SPACEMOE_COORDINATOR_API_OPENAI_LINK_WATCH_H_
