#include "satellite_node/core/layer_station.h"

#include <algorithm>
#include <utility>

#include "runtime/base/status_macros.h"
#include "satellite_node/core/step_trace.h"

namespace spacemoe {
namespace {

void DropCacheOnly(std::vector<AssembledRow>* rows) {
  rows->erase(std::remove_if(rows->begin(), rows->end(),
                             [](const AssembledRow& row) {
                               return row.header.cache_only;
                             }),
              rows->end());
}

}  // namespace

LayerStation::LayerStation(const SatelliteOptions& options, LayerRole* layer,
                           LayerCombiner* combiner, const Clock* clock,
                           PacketSink* sink)
    : options_(options),
      layer_(layer),
      combiner_(combiner),
      clock_(clock),
      sink_(sink),
      frame_{options.satellite, static_cast<uint32_t>(layer->hidden_size()),
             options.bfloat16},
      intake_(options) {}

void LayerStation::Release(uint64_t sequence) {
  intake_.Release(sequence);
  layer_->Release(sequence);
}

int64_t LayerStation::NextStep() const {
  return intake_.HasRunnable() ? free_ns_ : kNever;
}

absl::Status LayerStation::Step() {
  std::vector<AssembledRow> rows = intake_.Take();
  if (rows.empty()) return absl::OkStatus();
  const int64_t start_ns = StepStart(rows, free_ns_);
  StepTrace trace(options_, StepKind::kLayer, options_.layer, start_ns);
  trace.AddRows(rows);
  StepTimer timer(*clock_, options_.modelled_flops);
  std::vector<float> hidden(rows.size() * frame_.width);
  SPACEMOE_RETURN_IF_ERROR(CombineRows(rows, combiner_, hidden.data()));
  const bool last = options_.layer + 1 == options_.layers;
  const std::vector<GatewayRow> layer_rows = GatewayRows(rows, last);
  for (const GatewayRow& row : layer_rows)
    timer.AddFlops(layer_->Flops(row.position));
  SPACEMOE_RETURN_IF_ERROR(layer_->Run(layer_rows, hidden.data()));
  if (last) DropCacheOnly(&rows);
  hidden.resize(rows.size() * frame_.width);
  const int64_t compute_ns = timer.ElapsedNs();
  trace.EndPart(PartKind::kLayer, compute_ns);
  trace.Record();
  SPACEMOE_RETURN_IF_ERROR(Send(rows, std::move(hidden), start_ns, compute_ns));
  free_ns_ = start_ns + timer.ElapsedNs();
  return absl::OkStatus();
}

absl::Status LayerStation::Send(const std::vector<AssembledRow>& rows,
                                std::vector<float> results, int64_t start_ns,
                                int64_t compute_ns) {
  if (rows.empty()) return absl::OkStatus();
  Packet packet =
      StartPacket(frame_, PacketKind::kResidual, options_.layer + 1,
                  options_.next_satellite, intake_.sequences_in_flight());
  packet.combined = true;
  packet.rows.reserve(rows.size());
  for (const AssembledRow& row : rows)
    packet.rows.push_back(NextHeader(row, start_ns, compute_ns));
  packet.values = std::move(results);
  packet.link.departure_ns = start_ns + compute_ns;
  return sink_->Emit(std::move(packet));
}

}  // namespace spacemoe
