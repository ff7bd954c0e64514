#include "satellite_node/core/row_assembly.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// Books the part that came last: its path is the one that counts.
void NoteArrival(const Arrival& arrival, const RowHeader& header,
                 AssembledRow* row) {
  if (arrival.effective_ns < row->ready_ns) return;
  row->ready_ns = arrival.effective_ns;
  row->spent = SpentAt(arrival, header);
}

bool HasOutput(const AssembledRow& row, uint32_t expert) {
  return std::any_of(
      row.outputs.begin(), row.outputs.end(),
      [&](const AssembledRow::Part& p) { return p.expert == expert; });
}

void InsertOutput(AssembledRow::Part part, AssembledRow* row) {
  auto at = std::find_if(
      row->outputs.begin(), row->outputs.end(),
      [&](const AssembledRow::Part& p) { return p.expert > part.expert; });
  row->outputs.insert(at, std::move(part));
}

// Every expert that the residual lists has come. Outputs that it does not list
// are dropped by then.
bool IsComplete(AssembledRow* row) {
  const auto& wanted = row->header.experts;
  auto is_wanted = [&](const AssembledRow::Part& part) {
    return std::any_of(
        wanted.begin(), wanted.end(),
        [&](const ExpertWeight& w) { return w.expert == part.expert; });
  };
  row->outputs.erase(std::remove_if(row->outputs.begin(), row->outputs.end(),
                                    std::not_fn(is_wanted)),
                     row->outputs.end());
  return row->outputs.size() == wanted.size();
}

// A layer's results, without outputs that are still to come.
bool WaitsForNothing(const Packet& packet) {
  return packet.kind == PacketKind::kResidual && packet.combined &&
         std::all_of(packet.rows.begin(), packet.rows.end(),
                     [](const RowHeader& row) { return row.experts.empty(); });
}

}  // namespace

CombineRow AssembledRow::combine() const {
  CombineRow row;
  row.residual = residual.values;
  row.shared = shared;
  for (const Part& output : outputs) row.experts.push_back(output.values);
  return row;
}

int64_t StepStart(const std::vector<AssembledRow>& rows, int64_t free_ns) {
  int64_t start = free_ns;
  for (const AssembledRow& row : rows) start = std::max(start, row.ready_ns);
  return start;
}

absl::Status CombineRows(const std::vector<AssembledRow>& rows,
                         LayerCombiner* combiner, float* out) {
  for (const AssembledRow& row : rows) {
    const Packet& packet = *row.residual.packet;
    if (packet.combined) {
      std::copy_n(row.residual.values, packet.width, out);
    } else if (combiner == nullptr) {
      return absl::InternalError(absl::StrCat(
          "satellite ", packet.source, " sent a residual for layer ",
          packet.layer, " that is not combined"));
    } else {
      const CombineRow parts = row.combine();
      SPACEMOE_RETURN_IF_ERROR(combiner->Combine({&parts, 1}, out));
    }
    out += packet.width;
  }
  return absl::OkStatus();
}

void RowAssembly::TakeResidual(const Arrival& arrival, size_t index,
                               Pending* pending) {
  if (pending->has_residual) return;
  const Packet& packet = *arrival.packet;
  AssembledRow& row = pending->row;
  pending->has_residual = true;
  row.header = packet.rows[index];
  if (InCohort(row)) cohorts_.Await(arrival.packet);
  const float* values = packet.row_values(index);
  row.residual = {0, arrival.packet, values};
  if (packet.has_shared) row.shared = values + packet.width;
  NoteArrival(arrival, packet.rows[index], &row);
}

void RowAssembly::TakeOutput(const Arrival& arrival, size_t index,
                             Pending* pending) {
  const Packet& packet = *arrival.packet;
  const uint32_t expert = packet.rows[index].experts.front().expert;
  if (HasOutput(pending->row, expert)) return;
  InsertOutput({expert, arrival.packet, packet.row_values(index)},
               &pending->row);
  NoteArrival(arrival, packet.rows[index], &pending->row);
}

void RowAssembly::TakeComplete(const Arrival& arrival,
                               std::vector<AssembledRow>* complete) {
  const Packet& packet = *arrival.packet;
  for (size_t i = 0; i < packet.rows.size(); ++i) {
    AssembledRow& row = complete->emplace_back();
    row.header = packet.rows[i];
    row.residual = {0, arrival.packet, packet.row_values(i)};
    NoteArrival(arrival, packet.rows[i], &row);
  }
}

void RowAssembly::Accept(const Arrival& arrival,
                         std::vector<AssembledRow>* complete) {
  const Packet& packet = *arrival.packet;
  if (WaitsForNothing(packet)) return TakeComplete(arrival, complete);
  std::vector<AssembledRow> done;
  for (size_t i = 0; i < packet.rows.size(); ++i) {
    const RowHeader& header = packet.rows[i];
    const Key key{header.sequence, header.position, header.attempt};
    auto it = rows_.try_emplace(key).first;
    if (packet.kind == PacketKind::kResidual) {
      TakeResidual(arrival, i, &it->second);
    } else {
      TakeOutput(arrival, i, &it->second);
    }
    if (it->second.has_residual && IsComplete(&it->second.row)) {
      done.push_back(std::move(it->second.row));
      rows_.erase(it);
    }
  }
  // After the packet's last row: all of them are awaited by now.
  for (AssembledRow& row : done) Finish(std::move(row), complete);
}

void RowAssembly::Finish(AssembledRow row,
                         std::vector<AssembledRow>* complete) {
  if (InCohort(row)) return cohorts_.Complete(std::move(row), complete);
  complete->push_back(std::move(row));
}

void RowAssembly::Release(uint64_t sequence,
                          std::vector<AssembledRow>* complete) {
  auto it = rows_.lower_bound(Key{sequence, 0, 0});
  while (it != rows_.end() && std::get<0>(it->first) == sequence) {
    const Pending& pending = it->second;
    if (pending.has_residual && InCohort(pending.row))
      cohorts_.Forget(pending.row.residual.packet, complete);
    it = rows_.erase(it);
  }
}

}  // namespace spacemoe
