#include "satellite_node/core/row_assembly.h"

#include <algorithm>
#include <utility>

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

std::vector<CombineRow> CombineRows(const std::vector<AssembledRow>& rows) {
  std::vector<CombineRow> combined;
  combined.reserve(rows.size());
  for (const AssembledRow& row : rows) combined.push_back(row.combine());
  return combined;
}

void RowAssembly::TakeResidual(const Arrival& arrival, size_t index,
                               Pending* pending) {
  if (pending->has_residual) return;
  const Packet& packet = *arrival.packet;
  AssembledRow& row = pending->row;
  pending->has_residual = true;
  row.header = packet.rows[index];
  const float* values = packet.row_values(index);
  row.residual = {0, arrival.packet, values};
  values += packet.width;
  if (packet.has_shared) {
    row.shared = values;
    values += packet.width;
  }
  if (packet.outputs_inline) {
    for (const ExpertWeight& choice : row.header.experts) {
      if (HasOutput(row, choice.expert)) continue;
      InsertOutput({choice.expert, arrival.packet, values}, &row);
      values += packet.width;
    }
  }
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

void RowAssembly::Accept(const Arrival& arrival,
                         std::vector<AssembledRow>* complete) {
  const Packet& packet = *arrival.packet;
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
      complete->push_back(std::move(it->second.row));
      rows_.erase(it);
    }
  }
}

void RowAssembly::Release(uint64_t sequence) {
  auto first = rows_.lower_bound(Key{sequence, 0, 0});
  auto last = first;
  while (last != rows_.end() && std::get<0>(last->first) == sequence) ++last;
  rows_.erase(first, last);
}

}  // namespace spacemoe
