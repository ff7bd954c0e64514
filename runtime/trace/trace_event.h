// What a satellite records when a run is traced, as plain values.
//
// Times are emulated nanoseconds since the plan's epoch. A step starts where
// its last input has come and its satellite is free, and its parts follow one
// another without a gap. A packet leaves where a part of a step ends. Hence a
// token's lap can be put together from these events without a gap.
#ifndef SPACEMOE_RUNTIME_TRACE_TRACE_EVENT_H_
#define SPACEMOE_RUNTIME_TRACE_TRACE_EVENT_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "runtime/trace/latency_breakdown.h"

namespace spacemoe {

// Consecutive positions of one sequence.
struct RowRun {
  uint64_t sequence = 0;
  uint32_t position = 0;
  uint32_t count = 1;
  friend bool operator==(const RowRun&, const RowRun&) = default;
};

// In the order of the rows; few runs, since a prompt's positions follow one
// another.
using RowRuns = absl::InlinedVector<RowRun, 1>;

// Continues the last run where it can.
inline void AppendRow(uint64_t sequence, uint32_t position, RowRuns* runs) {
  if (!runs->empty()) {
    RowRun& last = runs->back();
    if (last.sequence == sequence && last.position + last.count == position) {
      ++last.count;
      return;
    }
  }
  runs->push_back({sequence, position, 1});
}

inline uint64_t RowCount(const RowRuns& runs) {
  uint64_t rows = 0;
  for (const RowRun& run : runs) rows += run.count;
  return rows;
}

enum class StepKind : uint8_t { kGateway, kExperts, kLayer, kHead, kInject };

enum class PartKind : uint8_t {
  kAttention,  // combining, attention, norm and router: the dispatches leave
  kShared,     // the shared experts: the residual leaves
  kExpert,     // one expert: its outputs leave
  kLayer,      // a whole layer: its result leaves
  kLogits,     // logits and sampling: the tokens are out
  kEmbedding,  // of prompts or of the tokens that enter their next lap
};

struct TracePart {
  PartKind kind = PartKind::kLayer;
  uint32_t expert = 0;  // kExpert
  int64_t duration_ns = 0;
  friend bool operator==(const TracePart&, const TracePart&) = default;
};

// One step of a role.
struct TraceStep {
  StepKind kind = StepKind::kLayer;
  uint32_t layer = 0;  // the model's layer count for the head
  int64_t start_ns = 0;
  absl::InlinedVector<TracePart, 2> parts;
  RowRuns rows;

  int64_t end_ns() const {
    int64_t end = start_ns;
    for (const TracePart& part : parts) end += part.duration_ns;
    return end;
  }
  friend bool operator==(const TraceStep&, const TraceStep&) = default;
};

enum class FlightKind : uint8_t { kDispatch, kResidual, kOutput };

// A packet, as its receiver saw it.
struct TraceFlight {
  FlightKind kind = FlightKind::kResidual;
  uint32_t layer = 0;   // that the receiver serves; the layer count: the head
  uint32_t source = 0;  // satellite ids of the constellation
  uint32_t expert = 0;  // kOutput: whose output
  int64_t departure_ns = 0;
  int64_t due_ns = 0;
  int64_t arrival_ns = 0;  // when it counts as come: never before it is due
  int64_t propagation_ns = 0;
  int64_t processing_ns = 0;
  int64_t serialization_ns = 0;
  int64_t queueing_ns = 0;
  uint32_t hops = 0;
  int64_t bytes = 0;
  RowRuns rows;
  friend bool operator==(const TraceFlight&, const TraceFlight&) = default;
};

// A token that the head has sampled.
struct TraceToken {
  uint64_t sequence = 0;
  uint32_t position = 0;
  int64_t token = 0;
  int64_t emitted_ns = 0;
  int64_t lap_ns = 0;  // since the token before, or since the injection
  LatencyBreakdown lap;
  friend bool operator==(const TraceToken&, const TraceToken&) = default;
};

struct TraceEvents {
  std::vector<TraceStep> steps;
  std::vector<TraceFlight> flights;
  std::vector<TraceToken> tokens;

  size_t size() const { return steps.size() + flights.size() + tokens.size(); }
  bool empty() const { return size() == 0; }
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TRACE_TRACE_EVENT_H_
