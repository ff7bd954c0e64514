// What a layer's satellite has taken in and not run yet.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_ROW_INTAKE_H_
#define SPACEMOE_SATELLITE_NODE_CORE_ROW_INTAKE_H_

#include <cstdint>
#include <vector>

#include "models/roles/roles.h"
#include "satellite_node/core/arrival.h"
#include "satellite_node/core/assembled_row.h"
#include "satellite_node/core/ready_rows.h"
#include "satellite_node/core/row_assembly.h"
#include "satellite_node/core/satellite.h"
#include "satellite_node/core/station.h"

namespace spacemoe {

// Assembles rows and chooses those of the next step. Thread-compatible.
class RowIntake {
 public:
  explicit RowIntake(const SatelliteOptions& options);

  void Accept(const Arrival& arrival);
  // What comes of this sequence from now on is dropped.
  void Release(uint64_t sequence);

  bool HasRunnable() const { return ready_.HasRunnable(); }
  // The next step's rows; empty when nothing is runnable.
  std::vector<AssembledRow> Take();

  // As the last packet told, at least 1.
  uint32_t sequences_in_flight() const { return sequences_in_flight_; }

 private:
  void AddReady(std::vector<AssembledRow> complete);

  const bool one_batch_;
  const int max_prompt_rows_;
  RowAssembly assembly_;
  ReadyRows ready_;
  DeadSequences dead_;
  uint32_t sequences_in_flight_ = 1;
};

// As the roles want them. `drop_cache_only`: of a cache_only row nothing but
// the cache is needed.
std::vector<GatewayRow> GatewayRows(const std::vector<AssembledRow>& rows,
                                    bool drop_cache_only);

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_ROW_INTAKE_H_
