// Gateway l at work: combines what layer l-1 sent, attends, routes, dispatches.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_GATEWAY_STATION_H_
#define SPACEMOE_SATELLITE_NODE_CORE_GATEWAY_STATION_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/btree_map.h"
#include "satellite_node/core/copy_chooser.h"
#include "satellite_node/core/packet_builder.h"
#include "satellite_node/core/row_intake.h"
#include "satellite_node/core/satellite.h"
#include "satellite_node/core/station.h"
#include "satellite_node/core/step_timer.h"

namespace spacemoe {

// Without the experts: LayerStation and MixedStation have them.
class GatewayStation final : public Station {
 public:
  // `combiner` is null on layer 0. `copies`: who picks an expert's satellite;
  // null: the options' expert_homes. Everything is borrowed.
  GatewayStation(const SatelliteOptions& options, GatewayRole* gateway,
                 LayerCombiner* combiner, const Clock* clock, PacketSink* sink,
                 CopyChooser* copies = nullptr);

  void Accept(const Arrival& arrival) override { intake_.Accept(arrival); }
  void Release(uint64_t sequence) override;
  int64_t NextStep() const override;
  absl::Status Step() override;

  // When the satellite is free again; what else keeps it busy until then.
  int64_t free_ns() const { return free_ns_; }
  void StayBusyUntil(int64_t ns) { free_ns_ = std::max(free_ns_, ns); }

 private:
  // One step's rows and what is computed of them.
  struct Batch {
    std::vector<AssembledRow> rows;
    int64_t start_ns = 0;
    std::vector<float> hidden;  // [rows, hidden]
    std::vector<float> normed;  // [rows, hidden]
    std::vector<float> shared;  // [rows, hidden], or empty
    std::vector<Routing> routing;
  };

  absl::Status Combine(Batch* batch);
  absl::Status Attend(Batch* batch, StepTimer* timer);
  // Rows whose only use was to fill the cache end here, in the last layer.
  void DropCacheOnly(Batch* batch);
  absl::Status Dispatch(const Batch& batch, int64_t compute_ns);
  // The satellites of a row's experts, in order.
  absl::StatusOr<std::vector<uint32_t>> HomesOf(const Routing& routing,
                                                int64_t departure_ns);
  absl::Status RunShared(Batch* batch);
  absl::Status SendResidual(const Batch& batch, int64_t compute_ns);
  void AppendResidualRow(const Batch& batch, size_t row, int64_t compute_ns,
                         Packet* packet);
  bool IsLastLayer() const { return options_.layer + 1 == options_.layers; }

  const SatelliteOptions& options_;
  GatewayRole* const gateway_;
  LayerCombiner* const combiner_;
  const Clock* const clock_;
  PacketSink* const sink_;
  CopyChooser* const copies_;
  const PacketFrame frame_;

  RowIntake intake_;
  int64_t free_ns_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_GATEWAY_STATION_H_
