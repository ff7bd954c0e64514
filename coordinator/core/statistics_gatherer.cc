#include "coordinator/core/statistics_gatherer.h"

#include <algorithm>
#include <utility>

namespace spacemoe {

void StatisticsGatherer::Start(Done done) {
  Round round;
  round.answered.resize(satellites_);
  round.missing = satellites_;
  round.done = std::move(done);
  rounds_.push_back(std::move(round));
}

void StatisticsGatherer::OnReply(int index, const LinkStatistics& statistics) {
  const auto round =
      std::find_if(rounds_.begin(), rounds_.end(),
                   [index](const Round& r) { return !r.answered[index]; });
  if (round == rounds_.end()) return;
  round->answered[index] = true;
  round->sum.Merge(statistics);
  if (--round->missing > 0) return;
  round->done(std::move(round->sum));
  rounds_.erase(round);
}

void StatisticsGatherer::FailAll(const absl::Status& status) {
  for (Round& round : rounds_) round.done(status);
  rounds_.clear();
}

}  // namespace spacemoe
