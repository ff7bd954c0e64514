// Brings a row's residual and expert outputs together.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_ROW_ASSEMBLY_H_
#define SPACEMOE_SATELLITE_NODE_CORE_ROW_ASSEMBLY_H_

#include <cstdint>
#include <tuple>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "satellite_node/core/arrival.h"
#include "satellite_node/core/assembled_row.h"
#include "satellite_node/core/cohorts.h"

namespace spacemoe {

// When a step of `rows` starts on a satellite that is free from `free_ns` on.
int64_t StepStart(const std::vector<AssembledRow>& rows, int64_t free_ns);

// The results of the layer before, which its satellite has combined already or
// `combiner` combines now; null where all have been. out: [rows, width].
absl::Status CombineRows(const std::vector<AssembledRow>& rows,
                         LayerCombiner* combiner, float* out);

// Thread-compatible.
class RowAssembly {
 public:
  // `whole_packets`: the rows of one residual packet are complete together.
  // Those of a prompt always are: it is as fast as its slowest row.
  explicit RowAssembly(bool whole_packets) : whole_packets_(whole_packets) {}

  // Takes a residual or output packet; appends rows that are now complete.
  // Repeated parts and outputs that nobody waits for are ignored.
  void Accept(const Arrival& arrival, std::vector<AssembledRow>* complete);

  // Rows that waited only for others of this sequence are appended.
  void Release(uint64_t sequence, std::vector<AssembledRow>* complete);

  size_t pending() const { return rows_.size(); }

 private:
  // Sequence, position, attempt.
  using Key = std::tuple<uint64_t, uint32_t, uint32_t>;
  struct Pending {
    bool has_residual = false;
    AssembledRow row;
  };

  void TakeComplete(const Arrival& arrival,
                    std::vector<AssembledRow>* complete);
  void TakeResidual(const Arrival& arrival, size_t index, Pending* pending);
  void TakeOutput(const Arrival& arrival, size_t index, Pending* pending);
  void Finish(AssembledRow row, std::vector<AssembledRow>* complete);
  bool InCohort(const AssembledRow& row) const {
    return whole_packets_ || row.header.prompt;
  }

  const bool whole_packets_;
  Cohorts cohorts_;
  absl::btree_map<Key, Pending> rows_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_ROW_ASSEMBLY_H_
