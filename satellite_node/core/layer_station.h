// A whole layer at work: attends, routes, runs the experts, combines.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_LAYER_STATION_H_
#define SPACEMOE_SATELLITE_NODE_CORE_LAYER_STATION_H_

#include <cstdint>
#include <vector>

#include "satellite_node/core/packet_builder.h"
#include "satellite_node/core/row_intake.h"
#include "satellite_node/core/satellite.h"
#include "satellite_node/core/station.h"
#include "satellite_node/core/step_timer.h"

namespace spacemoe {

// Sends the layer's result: one packet a step, whose rows are combined.
class LayerStation final : public Station {
 public:
  // `combiner`, of the layer before, is null on layer 0. Everything is
  // borrowed.
  LayerStation(const SatelliteOptions& options, LayerRole* layer,
               LayerCombiner* combiner, const Clock* clock, PacketSink* sink);

  void Accept(const Arrival& arrival) override { intake_.Accept(arrival); }
  void Release(uint64_t sequence) override;
  int64_t NextStep() const override;
  absl::Status Step() override;

 private:
  absl::Status Send(const std::vector<AssembledRow>& rows,
                    std::vector<float> results, int64_t start_ns,
                    int64_t compute_ns);

  const SatelliteOptions& options_;
  LayerRole* const layer_;
  LayerCombiner* const combiner_;
  const Clock* const clock_;
  PacketSink* const sink_;
  const PacketFrame frame_;

  RowIntake intake_;
  int64_t free_ns_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_LAYER_STATION_H_
