#include "satellite_node/core/ready_rows.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace spacemoe {

int DecodeRows(uint32_t sequences_in_flight, bool one_batch) {
  const auto sequences = static_cast<int>(sequences_in_flight);
  return std::max(1, one_batch ? sequences : (sequences + 1) / 2);
}

void ReadyRows::Add(AssembledRow row) {
  SequenceRows& rows = sequences_[row.header.sequence];
  const uint32_t position = row.header.position;
  if (position < rows.next_position) return;
  rows.waiting.try_emplace(position, std::move(row));
}

bool ReadyRows::HasRunnable() const {
  return std::any_of(sequences_.begin(), sequences_.end(),
                     [](const auto& entry) { return entry.second.runnable(); });
}

std::vector<ReadyRows::SequenceRows*> ReadyRows::Runnable(bool prompt) {
  std::vector<SequenceRows*> runnable;
  for (auto& [sequence, rows] : sequences_) {
    if (rows.runnable() && rows.front().header.prompt == prompt)
      runnable.push_back(&rows);
  }
  auto age = [](const SequenceRows* rows) {
    return std::tuple(rows->front().ready_ns, rows->front().header.sequence);
  };
  std::sort(runnable.begin(), runnable.end(),
            [&](const SequenceRows* a, const SequenceRows* b) {
              return age(a) < age(b);
            });
  return runnable;
}

AssembledRow ReadyRows::TakeFront(SequenceRows* rows) {
  auto first = rows->waiting.begin();
  AssembledRow row = std::move(first->second);
  rows->waiting.erase(first);
  ++rows->next_position;
  return row;
}

std::vector<AssembledRow> ReadyRows::Take(const BatchLimits& limits) {
  std::vector<AssembledRow> batch;
  for (SequenceRows* rows : Runnable(/*prompt=*/false)) {
    if (static_cast<int>(batch.size()) == limits.decode_rows) break;
    batch.push_back(TakeFront(rows));
  }
  int prompt_rows = 0;
  for (SequenceRows* rows : Runnable(/*prompt=*/true)) {
    while (prompt_rows < limits.prompt_rows && rows->runnable() &&
           rows->front().header.prompt) {
      batch.push_back(TakeFront(rows));
      ++prompt_rows;
    }
  }
  return batch;
}

void ReadyRows::Release(uint64_t sequence) { sequences_.erase(sequence); }

}  // namespace spacemoe
