// Experts of one layer at work.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_EXPERT_STATION_H_
#define SPACEMOE_SATELLITE_NODE_CORE_EXPERT_STATION_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "satellite_node/core/packet_builder.h"
#include "satellite_node/core/satellite.h"
#include "satellite_node/core/station.h"
#include "satellite_node/core/step_timer.h"
#include "satellite_node/core/step_trace.h"

namespace spacemoe {

// Runs whatever has arrived as one batch, expert by expert in ascending id;
// each expert's outputs leave as soon as they are there.
class ExpertStation final : public Station {
 public:
  // Everything is borrowed.
  ExpertStation(const SatelliteOptions& options, ExpertRole* experts,
                const Clock* clock, PacketSink* sink);

  void Accept(const Arrival& arrival) override;
  void Release(uint64_t sequence) override;
  int64_t NextStep() const override;
  absl::Status Step() override;

  // When the satellite is free again; what else keeps it busy until then.
  int64_t free_ns() const { return free_ns_; }
  void StayBusyUntil(int64_t ns) { free_ns_ = std::max(free_ns_, ns); }

 private:
  struct WaitingRow {
    Arrival arrival;
    size_t index = 0;  // in the packet
    const RowHeader& header() const { return arrival.packet->rows[index]; }
  };

  // `ended_ns`: since the start, when the expert before it ended; then this
  // one.
  absl::Status RunExpert(int32_t expert, const std::vector<WaitingRow>& rows,
                         int64_t start_ns, int64_t* ended_ns, StepTimer* timer);
  absl::Status SendOutputs(uint32_t expert,
                           const std::vector<const WaitingRow*>& rows,
                           std::vector<float> outputs, int64_t start_ns,
                           int64_t compute_ns);

  const SatelliteOptions& options_;
  ExpertRole* const experts_;
  const Clock* const clock_;
  PacketSink* const sink_;

  std::vector<WaitingRow> waiting_;
  DeadSequences dead_;
  int64_t free_ns_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_EXPERT_STATION_H_
