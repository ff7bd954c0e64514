// The rows that a gateway may run next, and the choice among them.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_READY_ROWS_H_
#define SPACEMOE_SATELLITE_NODE_CORE_READY_ROWS_H_

#include <cstdint>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "runtime/tensor/packet.h"
#include "satellite_node/core/row_assembly.h"

namespace spacemoe {

// How much one step takes.
struct BatchLimits {
  int decode_rows = 1;
  int prompt_rows = kPromptRowsPerStep;
};

// The decode rows of one step. About half of the sequences in flight, so that
// they do not clump together for good and leave the other satellites idle; all
// of them when they are to be `one_batch`.
int DecodeRows(uint32_t sequences_in_flight, bool one_batch);

// Rows of one sequence run in the order of their positions, whatever the order
// in which they were completed. Thread-compatible.
class ReadyRows {
 public:
  // A position that has run already is ignored: a repeat is harmless.
  void Add(AssembledRow row);

  bool HasRunnable() const;

  // Decode rows first, the longest waiting first; then prompt rows, sequence
  // by sequence. Empty when nothing is runnable.
  std::vector<AssembledRow> Take(const BatchLimits& limits);

  void Release(uint64_t sequence);

 private:
  struct SequenceRows {
    uint32_t next_position = 0;
    absl::btree_map<uint32_t, AssembledRow> waiting;
    bool runnable() const {
      return !waiting.empty() && waiting.begin()->first == next_position;
    }
    const AssembledRow& front() const { return waiting.begin()->second; }
  };

  // Runnable sequences, the longest waiting first.
  std::vector<SequenceRows*> Runnable(bool prompt);
  static AssembledRow TakeFront(SequenceRows* rows);

  absl::flat_hash_map<uint64_t, SequenceRows> sequences_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_READY_ROWS_H_
