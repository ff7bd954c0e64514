// The head at work: embeds, samples, and sends each token into its next lap.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_HEAD_STATION_H_
#define SPACEMOE_SATELLITE_NODE_CORE_HEAD_STATION_H_

#include <cstdint>
#include <deque>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "models/sampler/sequence_sampler.h"
#include "satellite_node/core/packet_builder.h"
#include "satellite_node/core/row_assembly.h"
#include "satellite_node/core/satellite.h"
#include "satellite_node/core/station.h"
#include "satellite_node/core/step_timer.h"
#include "satellite_node/core/step_trace.h"

namespace spacemoe {

class HeadStation final : public Station {
 public:
  // Everything is borrowed.
  HeadStation(const SatelliteOptions& options, HeadRole* head,
              LayerCombiner* combiner, const Clock* clock, PacketSink* sink,
              SatelliteListener* listener);

  // Sends the prompt on its way, cut into packets of max_prompt_rows rows. As
  // `one_batch` a few packets follow a lap, whose rows all wait for each other
  // when they come back; the rest goes with the next one. The request has been
  // validated.
  absl::Status Inject(SequenceRequest request);

  void Accept(const Arrival& arrival) override;
  void Release(uint64_t sequence) override;
  int64_t NextStep() const override;
  absl::Status Step() override;

 private:
  struct Sequence {
    SequenceRequest request;
    SequenceSampler sampler;
    int64_t generated = 0;
    size_t sent = 0;               // rows of the prompt
    int64_t rows_out = 0;          // that the head will see again
    int64_t logits_rows = 0;       // that have come back
    int64_t last_emission_ns = 0;  // or the injection
  };

  // One step's rows.
  struct Batch {
    std::vector<AssembledRow> rows;
    int64_t start_ns = 0;
  };

  // A sampled token whose lap goes on.
  struct NextRow {
    RowHeader header;
    int64_t token = 0;
  };

  void AddReady(std::vector<AssembledRow> complete);
  // As `one_batch` a lap begins when the one before it has come back whole.
  bool LapMayBegin() const { return !options_.one_batch || rows_out_ == 0; }
  // Prompt rows that the next packet may take.
  int64_t PromptRowsLeft() const;
  bool SomethingLeaves() const {
    return (LapMayBegin() && !next_.empty()) ||
           (PromptRowsLeft() > 0 && !waiting_.empty());
  }
  void CountOut(Sequence* sequence, int64_t rows);
  static RowHeader PromptHeader(const SequenceRequest& request,
                                size_t position);
  // Of the prompts that wait, what one packet takes. `all_here_ns` becomes at
  // least the time when the last of them was injected.
  void TakePromptRows(Packet* packet, std::vector<int64_t>* tokens,
                      int64_t* all_here_ns);
  std::vector<AssembledRow> TakeBatch();
  absl::Span<const float> LogitsOf(size_t row) const;
  absl::Status ComputeLogits(const Batch& batch);
  void EmitLogits(const Batch& batch, size_t row, Sequence* sequence);
  TokenRecord Sample(const Batch& batch, size_t row, Sequence* sequence) const;
  absl::Status StepRows();
  // Sends what waits and may leave.
  absl::Status DepartAll(int64_t start_ns);
  // Completes the record; adds the row that follows it, if any, to next_.
  void FinishRow(const Batch& batch, size_t row, int64_t emitted_ns,
                 TokenRecord* record);
  // One packet of what is in next_, if a lap may begin, and of prompts that
  // wait. The step that sends it started at `start_ns` and had its tokens at
  // `emitted_ns`; `trace` is the step's, or null.
  absl::Status SendRows(int64_t start_ns, int64_t emitted_ns, StepTimer* timer,
                        StepTrace* trace);
  void TraceTokens(const std::vector<TokenRecord>& tokens) const;
  uint32_t InFlight() const { return static_cast<uint32_t>(sequences_.size()); }

  const SatelliteOptions& options_;
  HeadRole* const head_;
  LayerCombiner* const combiner_;
  const Clock* const clock_;
  PacketSink* const sink_;
  SatelliteListener* const listener_;
  const PacketFrame frame_;

  RowAssembly assembly_;
  std::deque<AssembledRow> ready_;
  absl::flat_hash_map<uint64_t, Sequence> sequences_;
  std::deque<uint64_t> waiting_;  // whose prompts have not left in full
  std::vector<NextRow> next_;     // not sent yet
  int64_t rows_out_ = 0;          // of all sequences
  int64_t lap_prompt_rows_ = 0;   // that have left since the lap began
  // Of the step that runs; kept for its memory. [rows, vocab], or more.
  std::vector<float> logits_;
  int64_t free_ns_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_HEAD_STATION_H_
