#include "satellite_node/core/cohorts.h"

#include <iterator>
#include <utility>

namespace spacemoe {

void Cohorts::Complete(AssembledRow row, std::vector<AssembledRow>* complete) {
  const auto cohort = cohorts_.find(row.residual.packet);
  cohort->second.rows.push_back(std::move(row));
  OneLess(cohort, complete);
}

void Cohorts::Forget(const std::shared_ptr<const Packet>& packet,
                     std::vector<AssembledRow>* complete) {
  OneLess(cohorts_.find(packet), complete);
}

void Cohorts::OneLess(Map::iterator cohort,
                      std::vector<AssembledRow>* complete) {
  if (--cohort->second.awaited > 0) return;
  std::vector<AssembledRow>& rows = cohort->second.rows;
  complete->insert(complete->end(), std::make_move_iterator(rows.begin()),
                   std::make_move_iterator(rows.end()));
  cohorts_.erase(cohort);
}

}  // namespace spacemoe
