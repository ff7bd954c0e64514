// A row with everything that its next step needs.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_ASSEMBLED_ROW_H_
#define SPACEMOE_SATELLITE_NODE_CORE_ASSEMBLED_ROW_H_

#include <cstdint>
#include <memory>

#include "absl/container/inlined_vector.h"
#include "models/roles/roles.h"
#include "runtime/tensor/packet.h"

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

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_ASSEMBLED_ROW_H_
