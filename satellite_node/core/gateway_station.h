// Gateway l at work: combines what layer l-1 sent, attends, routes, dispatches.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_GATEWAY_STATION_H_
#define SPACEMOE_SATELLITE_NODE_CORE_GATEWAY_STATION_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/btree_map.h"
#include "satellite_node/core/packet_builder.h"
#include "satellite_node/core/ready_rows.h"
#include "satellite_node/core/row_assembly.h"
#include "satellite_node/core/satellite.h"
#include "satellite_node/core/station.h"
#include "satellite_node/core/step_timer.h"

namespace spacemoe {

// When all experts of the layer are on this satellite they run in the same
// step, which then combines the layer itself.
class GatewayStation final : public Station {
 public:
  // `combiner` is null on layer 0. `experts` and `own_combiner` are null unless
  // the whole layer is here. Everything is borrowed.
  GatewayStation(const SatelliteOptions& options, GatewayRole* gateway,
                 LayerCombiner* combiner, ExpertRole* experts,
                 LayerCombiner* own_combiner, const Clock* clock,
                 PacketSink* sink);

  void Accept(const Arrival& arrival) override;
  void Release(uint64_t sequence) override;
  int64_t NextStep() const override;
  absl::Status Step() override;

 private:
  // One step's rows and what is computed of them.
  struct Batch {
    std::vector<AssembledRow> rows;
    int64_t start_ns = 0;
    std::vector<float> hidden;  // [rows, hidden]
    std::vector<float> normed;  // [rows, hidden]
    std::vector<float> shared;  // [rows, hidden], or empty
    bool combined = false;      // hidden is the layer's result
    std::vector<Routing> routing;
    std::vector<std::vector<float>> outputs;  // [rows][experts * hidden]
  };

  void AddReady(std::vector<AssembledRow> complete);
  absl::Status Combine(Batch* batch);
  absl::Status Attend(Batch* batch, StepTimer* timer);
  // Rows whose only use was to fill the cache end here, in the last layer.
  void DropCacheOnly(Batch* batch);
  absl::Status Dispatch(const Batch& batch, int64_t compute_ns);
  absl::Status RunShared(Batch* batch);
  absl::Status RunLocalExperts(Batch* batch, StepTimer* timer);
  absl::Status RunLocalExpert(int32_t expert, Batch* batch, StepTimer* timer);
  absl::Status CombineOwn(Batch* batch);
  absl::Status SendResidual(const Batch& batch, int64_t compute_ns);
  void AppendResidualRow(const Batch& batch, size_t row, int64_t compute_ns,
                         Packet* packet);
  bool IsLastLayer() const { return options_.layer + 1 == options_.layers; }

  const SatelliteOptions& options_;
  GatewayRole* const gateway_;
  LayerCombiner* const combiner_;
  ExpertRole* const experts_;
  LayerCombiner* const own_combiner_;
  const Clock* const clock_;
  PacketSink* const sink_;
  const PacketFrame frame_;

  RowAssembly assembly_;
  ReadyRows ready_;
  DeadSequences dead_;
  int64_t free_ns_ = 0;
  uint32_t sequences_in_flight_ = 1;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_GATEWAY_STATION_H_
