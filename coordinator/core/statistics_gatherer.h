// Adds up what every satellite says about its links.
#ifndef SPACEMOE_COORDINATOR_CORE_STATISTICS_GATHERER_H_
#define SPACEMOE_COORDINATOR_CORE_STATISTICS_GATHERER_H_

#include <functional>
#include <list>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/trace/link_statistics.h"

namespace spacemoe {

// Not thread-safe. Satellites answer in the order in which they are asked.
class StatisticsGatherer {
 public:
  // Must not block and must not call back.
  using Done = std::function<void(absl::StatusOr<LinkStatistics>)>;

  explicit StatisticsGatherer(int satellites) : satellites_(satellites) {}

  // The caller asks every satellite once for each Start.
  void Start(Done done);
  void OnReply(int index, const LinkStatistics& statistics);
  void FailAll(const absl::Status& status);

 private:
  struct Round {
    std::vector<bool> answered;
    int missing = 0;
    LinkStatistics sum;
    Done done;
  };

  const int satellites_;
  std::list<Round> rounds_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_CORE_STATISTICS_GATHERER_H_
