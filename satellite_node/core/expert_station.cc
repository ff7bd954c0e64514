#include "satellite_node/core/expert_station.h"

#include <algorithm>
#include <utility>

#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

const ExpertWeight* FindExpert(const RowHeader& header, int32_t expert) {
  for (const ExpertWeight& choice : header.experts) {
    if (static_cast<int32_t>(choice.expert) == expert) return &choice;
  }
  return nullptr;
}

}  // namespace

ExpertStation::ExpertStation(const SatelliteOptions& options,
                             ExpertRole* experts, const Clock* clock,
                             PacketSink* sink)
    : options_(options), experts_(experts), clock_(clock), sink_(sink) {}

void ExpertStation::Accept(const Arrival& arrival) {
  for (size_t i = 0; i < arrival.packet->rows.size(); ++i) {
    if (dead_.Contains(arrival.packet->rows[i].sequence)) continue;
    waiting_.push_back({arrival, i});
  }
}

void ExpertStation::Release(uint64_t sequence) {
  dead_.Add(sequence);
  waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(),
                                [&](const WaitingRow& row) {
                                  return row.header().sequence == sequence;
                                }),
                 waiting_.end());
}

int64_t ExpertStation::NextStep() const {
  return waiting_.empty() ? kNever : free_ns_;
}

absl::Status ExpertStation::Step() {
  const std::vector<WaitingRow> rows = std::exchange(waiting_, {});
  int64_t start = free_ns_;
  for (const WaitingRow& row : rows)
    start = std::max(start, row.arrival.effective_ns);
  int64_t ended_ns = 0;
  StepTimer timer(*clock_, options_.modelled_flops);
  for (int32_t expert : experts_->experts()) {
    SPACEMOE_RETURN_IF_ERROR(RunExpert(expert, rows, start, &ended_ns, &timer));
  }
  free_ns_ = start + timer.ElapsedNs();
  return absl::OkStatus();
}

absl::Status ExpertStation::RunExpert(int32_t expert,
                                      const std::vector<WaitingRow>& rows,
                                      int64_t start_ns, int64_t* ended_ns,
                                      StepTimer* timer) {
  std::vector<const WaitingRow*> chosen;
  std::vector<float> inputs, weights;
  for (const WaitingRow& row : rows) {
    const ExpertWeight* choice = FindExpert(row.header(), expert);
    if (choice == nullptr) continue;
    const Packet& packet = *row.arrival.packet;
    const float* values = packet.row_values(row.index);
    inputs.insert(inputs.end(), values, values + packet.width);
    weights.push_back(choice->weight);
    chosen.push_back(&row);
  }
  if (chosen.empty()) return absl::OkStatus();
  std::vector<float> outputs(inputs.size());
  SPACEMOE_RETURN_IF_ERROR(
      experts_->Run(expert, static_cast<int64_t>(chosen.size()), inputs.data(),
                    weights.data(), outputs.data()));
  timer->AddFlops(experts_->Flops() * static_cast<double>(chosen.size()));
  const int64_t compute_ns = timer->ElapsedNs();
  StepTrace trace(options_, StepKind::kExperts, options_.layer,
                  start_ns + *ended_ns);
  for (const WaitingRow* row : chosen) trace.AddRow(row->header());
  trace.EndPart(PartKind::kExpert, compute_ns - *ended_ns,
                static_cast<uint32_t>(expert));
  trace.Record();
  *ended_ns = compute_ns;
  return SendOutputs(static_cast<uint32_t>(expert), chosen, std::move(outputs),
                     start_ns, compute_ns);
}

absl::Status ExpertStation::SendOutputs(
    uint32_t expert, const std::vector<const WaitingRow*>& rows,
    std::vector<float> outputs, int64_t start_ns, int64_t compute_ns) {
  const Packet& first = *rows.front()->arrival.packet;
  const PacketFrame frame{options_.satellite, first.width, options_.bfloat16};
  Packet packet =
      StartPacket(frame, PacketKind::kOutput, options_.layer + 1,
                  options_.next_satellite, first.sequences_in_flight);
  packet.rows.reserve(rows.size());
  for (const WaitingRow* row : rows) {
    RowHeader header = row->header();
    header.spent = SpentAt(row->arrival, row->header());
    header.spent.queueing_ns += start_ns - row->arrival.effective_ns;
    header.spent.compute_ns += compute_ns;
    header.experts = {{expert, FindExpert(row->header(), expert)->weight}};
    packet.rows.push_back(std::move(header));
  }
  packet.values = std::move(outputs);
  packet.link.departure_ns = start_ns + compute_ns;
  return sink_->Emit(std::move(packet));
}

}  // namespace spacemoe
