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

  // Sends the prompt on its way, cut into packets of max_prompt_rows rows. The
  // request has been validated.
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
  absl::Status SendPrompt(const SequenceRequest& request, int64_t departure_ns,
                          size_t begin, size_t end);
  std::vector<AssembledRow> TakeBatch();
  absl::Span<const float> LogitsOf(size_t row) const;
  absl::Status ComputeLogits(const Batch& batch);
  void EmitLogits(const Batch& batch, size_t row, Sequence* sequence);
  TokenRecord Sample(const Batch& batch, size_t row, Sequence* sequence) const;
  // Completes the record; appends the row that follows it, if any.
  void FinishRow(const Batch& batch, size_t row, int64_t emitted_ns,
                 TokenRecord* record, std::vector<NextRow>* next);
  absl::Status SendNext(std::vector<NextRow> next, int64_t emitted_ns,
                        StepTimer* timer, int64_t start_ns, StepTrace* trace);
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
  // Of the step that runs; kept for its memory. [rows, vocab], or more.
  std::vector<float> logits_;
  int64_t free_ns_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_HEAD_STATION_H_
