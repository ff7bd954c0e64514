// Keeps the rows of one residual packet together.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_COHORTS_H_
#define SPACEMOE_SATELLITE_NODE_CORE_COHORTS_H_

#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "satellite_node/core/assembled_row.h"

namespace spacemoe {

// Rows that came with one packet go on with one packet. Without this a batch
// falls apart on its way, since its experts end at different times, and every
// part costs its own messages and reads the weights again. Thread-compatible.
class Cohorts {
 public:
  // A row of `packet` is waiting for its outputs.
  void Await(const std::shared_ptr<const Packet>& packet) {
    ++cohorts_[packet].awaited;
  }

  // A row that was awaited is complete. Appends the rows of its packet once
  // none is awaited any more.
  void Complete(AssembledRow row, std::vector<AssembledRow>* complete);

  // A row of `packet` that was awaited will not come.
  void Forget(const std::shared_ptr<const Packet>& packet,
              std::vector<AssembledRow>* complete);

 private:
  struct Cohort {
    int awaited = 0;
    std::vector<AssembledRow> rows;
  };
  using Map = absl::flat_hash_map<std::shared_ptr<const Packet>, Cohort>;

  void OneLess(Map::iterator cohort, std::vector<AssembledRow>* complete);

  Map cohorts_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_COHORTS_H_
