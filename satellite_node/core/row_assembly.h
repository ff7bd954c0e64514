// Brings a row's residual and expert outputs together.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_ROW_ASSEMBLY_H_
#define SPACEMOE_SATELLITE_NODE_CORE_ROW_ASSEMBLY_H_

#include <cstdint>
#include <memory>
#include <tuple>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/inlined_vector.h"
#include "models/roles/roles.h"
#include "satellite_node/core/arrival.h"

namespace spacemoe {

// A row all of whose parts have come.
struct AssembledRow {
  struct Part {
    uint32_t expert = 0;
    std::shared_ptr<const Packet> packet;
    const float* values = nullptr;  // [hidden], in packet
  };

  RowHeader header;  // the residual's
  Part residual;
  const float* shared = nullptr;  // [hidden], in residual.packet; or null
  absl::InlinedVector<Part, 4> outputs;  // ascending expert
  int64_t ready_ns = 0;                  // when the last part came
  LatencyBreakdown spent;                // along that part's path, at ready_ns

  CombineRow combine() const;
};

// When a step of `rows` starts on a satellite that is free from `free_ns` on.
int64_t StepStart(const std::vector<AssembledRow>& rows, int64_t free_ns);

std::vector<CombineRow> CombineRows(const std::vector<AssembledRow>& rows);

// Thread-compatible.
class RowAssembly {
 public:
  // Takes a residual or output packet; appends rows that are now complete.
  // Repeated parts and outputs that nobody waits for are ignored.
  void Accept(const Arrival& arrival, std::vector<AssembledRow>* complete);

  void Release(uint64_t sequence);

  size_t pending() const { return rows_.size(); }

 private:
  // Sequence, position, attempt.
  using Key = std::tuple<uint64_t, uint32_t, uint32_t>;
  struct Pending {
    bool has_residual = false;
    AssembledRow row;
  };

  void TakeResidual(const Arrival& arrival, size_t index, Pending* pending);
  void TakeOutput(const Arrival& arrival, size_t index, Pending* pending);

  absl::btree_map<Key, Pending> rows_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_ROW_ASSEMBLY_H_
