#include "satellite_node/core/gateway_station.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "satellite_node/core/step_trace.h"

namespace spacemoe {
GatewayStation::GatewayStation(const SatelliteOptions& options,
                               GatewayRole* gateway, LayerCombiner* combiner,
                               const Clock* clock, PacketSink* sink,
                               CopyChooser* copies)
    : options_(options),
      gateway_(gateway),
      combiner_(combiner),
      clock_(clock),
      sink_(sink),
      copies_(copies),
      frame_{options.satellite, static_cast<uint32_t>(gateway->hidden_size()),
             options.bfloat16},
      intake_(options) {}

void GatewayStation::Release(uint64_t sequence) {
  intake_.Release(sequence);
  gateway_->Release(sequence);
}

int64_t GatewayStation::NextStep() const {
  return intake_.HasRunnable() ? free_ns_ : kNever;
}

absl::Status GatewayStation::Step() {
  Batch batch;
  batch.rows = intake_.Take();
  if (batch.rows.empty()) return absl::OkStatus();
  batch.start_ns = StepStart(batch.rows, free_ns_);
  StepTrace trace(options_, StepKind::kGateway, options_.layer, batch.start_ns);
  trace.AddRows(batch.rows);
  StepTimer timer(*clock_, options_.modelled_flops);
  SPACEMOE_RETURN_IF_ERROR(Combine(&batch));
  SPACEMOE_RETURN_IF_ERROR(Attend(&batch, &timer));
  DropCacheOnly(&batch);
  timer.Pause();
  trace.EndPart(PartKind::kAttention, timer.ElapsedNs());
  if (!batch.rows.empty()) {
    SPACEMOE_RETURN_IF_ERROR(Dispatch(batch, timer.ElapsedNs()));
    timer.Resume();
    SPACEMOE_RETURN_IF_ERROR(RunShared(&batch));
    const int64_t shared_ns = timer.ElapsedNs();
    trace.EndPart(PartKind::kShared, shared_ns);
    trace.Record();
    SPACEMOE_RETURN_IF_ERROR(SendResidual(batch, shared_ns));
  } else {
    trace.Record();
  }
  free_ns_ = batch.start_ns + timer.ElapsedNs();
  return absl::OkStatus();
}

absl::Status GatewayStation::Combine(Batch* batch) {
  batch->hidden.resize(batch->rows.size() * frame_.width);
  return CombineRows(batch->rows, combiner_, batch->hidden.data());
}

absl::Status GatewayStation::Attend(Batch* batch, StepTimer* timer) {
  const std::vector<GatewayRow> rows = GatewayRows(batch->rows, IsLastLayer());
  for (const GatewayRow& row : rows)
    timer->AddFlops(gateway_->Flops(row.position));
  batch->normed.resize(batch->hidden.size());
  return gateway_->Attend(rows, batch->hidden.data(), batch->normed.data(),
                          &batch->routing);
}

void GatewayStation::DropCacheOnly(Batch* batch) {
  if (!IsLastLayer()) return;
  size_t kept = 0;
  for (size_t r = 0; r < batch->rows.size(); ++r) {
    if (batch->rows[r].header.cache_only) continue;
    if (kept != r) {
      batch->rows[kept] = std::move(batch->rows[r]);
      batch->routing[kept] = std::move(batch->routing[r]);
      const size_t width = frame_.width;
      std::copy_n(batch->hidden.data() + r * width, width,
                  batch->hidden.data() + kept * width);
      std::copy_n(batch->normed.data() + r * width, width,
                  batch->normed.data() + kept * width);
    }
    ++kept;
  }
  batch->rows.resize(kept);
  batch->routing.resize(kept);
}

absl::StatusOr<std::vector<uint32_t>> GatewayStation::HomesOf(
    const Routing& routing, int64_t departure_ns) {
  std::vector<int32_t> experts;
  for (const ExpertChoice& choice : routing) experts.push_back(choice.expert);
  if (copies_ != nullptr) return copies_->Choose(experts, departure_ns);
  std::vector<uint32_t> homes;
  for (int32_t expert : experts) {
    const auto home = options_.expert_homes.find(expert);
    if (home == options_.expert_homes.end()) {
      return absl::InternalError(
          absl::StrCat("layer ", options_.layer, ": expert ", expert,
                       " was chosen but has no satellite"));
    }
    homes.push_back(home->second);
  }
  return homes;
}

absl::Status GatewayStation::Dispatch(const Batch& batch, int64_t compute_ns) {
  absl::btree_map<uint32_t, Packet> packets;  // by satellite
  for (size_t r = 0; r < batch.rows.size(); ++r) {
    const Routing& routing = batch.routing[r];
    SPACEMOE_ASSIGN_OR_RETURN(const std::vector<uint32_t> homes,
                              HomesOf(routing, batch.start_ns + compute_ns));
    absl::btree_map<uint32_t, RowHeader> headers;
    for (size_t i = 0; i < routing.size(); ++i) {
      auto it = headers.try_emplace(
          homes[i], NextHeader(batch.rows[r], batch.start_ns, compute_ns));
      it.first->second.experts.push_back(
          {static_cast<uint32_t>(routing[i].expert), routing[i].weight});
    }
    for (auto& [satellite, header] : headers) {
      auto it = packets.try_emplace(
          satellite, StartPacket(frame_, PacketKind::kDispatch, options_.layer,
                                 satellite, intake_.sequences_in_flight()));
      it.first->second.rows.push_back(std::move(header));
      AppendVector(batch.normed.data() + r * frame_.width, &it.first->second);
    }
  }
  std::vector<Packet> leaving;
  for (auto& [satellite, packet] : packets) {
    packet.link.departure_ns = batch.start_ns + compute_ns;
    leaving.push_back(std::move(packet));
  }
  return sink_->EmitAll(std::move(leaving));
}

absl::Status GatewayStation::RunShared(Batch* batch) {
  if (!gateway_->has_shared()) return absl::OkStatus();
  batch->shared.resize(batch->rows.size() * frame_.width);
  return gateway_->Shared(static_cast<int64_t>(batch->rows.size()),
                          batch->normed.data(), batch->shared.data());
}

void GatewayStation::AppendResidualRow(const Batch& batch, size_t row,
                                       int64_t compute_ns, Packet* packet) {
  RowHeader header = NextHeader(batch.rows[row], batch.start_ns, compute_ns);
  for (const ExpertChoice& choice : batch.routing[row]) {
    header.experts.push_back(
        {static_cast<uint32_t>(choice.expert), choice.weight});
  }
  packet->rows.push_back(std::move(header));
  AppendVector(batch.hidden.data() + row * frame_.width, packet);
  if (packet->has_shared)
    AppendVector(batch.shared.data() + row * frame_.width, packet);
}

absl::Status GatewayStation::SendResidual(const Batch& batch,
                                          int64_t compute_ns) {
  Packet packet =
      StartPacket(frame_, PacketKind::kResidual, options_.layer + 1,
                  options_.next_satellite, intake_.sequences_in_flight());
  packet.has_shared = gateway_->has_shared();
  packet.vectors_per_row = packet.has_shared ? 2 : 1;
  packet.values.reserve(batch.rows.size() * packet.vectors_per_row *
                        frame_.width);
  packet.rows.reserve(batch.rows.size());
  for (size_t r = 0; r < batch.rows.size(); ++r) {
    AppendResidualRow(batch, r, compute_ns, &packet);
  }
  packet.link.departure_ns = batch.start_ns + compute_ns;
  return sink_->Emit(std::move(packet));
}

}  // namespace spacemoe
