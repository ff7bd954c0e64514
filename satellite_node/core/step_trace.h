// Counts what a satellite does, and records it where a run is traced.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_STEP_TRACE_H_
#define SPACEMOE_SATELLITE_NODE_CORE_STEP_TRACE_H_

#include <cstdint>
#include <utility>

#include "runtime/trace/step_counters.h"
#include "runtime/trace/trace_sink.h"
#include "satellite_node/core/arrival.h"
#include "satellite_node/core/assembled_row.h"
#include "satellite_node/core/satellite.h"

namespace spacemoe {

// One step, from its rows to Record.
class StepTrace {
 public:
  // Counters and sink are the options', which are borrowed; either may be null.
  StepTrace(const SatelliteOptions& options, StepKind kind, uint32_t layer,
            int64_t start_ns)
      : counters_(options.counters), sink_(options.trace) {
    step_.kind = kind;
    step_.layer = layer;
    step_.start_ns = start_ns;
  }

  // Before the step's timer starts: it is no part of the step.
  template <typename Rows>
  void AddRows(const Rows& rows) {
    for (const auto& row : rows) AddRow(HeaderOf(row));
  }
  void AddRow(const RowHeader& header) {
    ++rows_;
    if (sink_ == nullptr) return;
    AppendRow(header.sequence, header.position, &step_.rows);
  }
  bool empty() const { return rows_ == 0; }
  // A part has ended so long after the step's start.
  void EndPart(PartKind kind, int64_t since_start_ns, uint32_t expert = 0) {
    if (sink_ != nullptr)
      step_.parts.push_back({kind, expert, since_start_ns - ended_ns_});
    ended_ns_ = since_start_ns;
  }

  // Once, before anything of the step leaves that ends a token: who has heard
  // of the token finds all of its events recorded.
  void Record() {
    if (counters_ != nullptr) counters_->Add(step_.kind, rows_, ended_ns_);
    if (sink_ != nullptr) sink_->OnStep(std::move(step_));
  }

 private:
  static const RowHeader& HeaderOf(const RowHeader& header) { return header; }
  static const RowHeader& HeaderOf(const AssembledRow& row) {
    return row.header;
  }
  StepCounters* const counters_;
  TraceSink* const sink_;
  TraceStep step_;
  uint64_t rows_ = 0;
  int64_t ended_ns_ = 0;  // since the start: of the last part
};

TraceFlight FlightOf(const Arrival& arrival);

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_STEP_TRACE_H_
