#include "runtime/trace/trace_proto.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "runtime/trace/latency_breakdown_proto.h"

namespace spacemoe {
namespace {

// The wire's enums are ours, plus an unspecified 0.
template <typename Wire, typename Kind>
Wire KindToProto(Kind kind) {
  return static_cast<Wire>(static_cast<int>(kind) + 1);
}

// `last`: the last kind that there is.
template <typename Kind>
absl::StatusOr<Kind> KindFromProto(int wire, Kind last, const char* what) {
  if (wire < 1 || wire > static_cast<int>(last) + 1) {
    return absl::InvalidArgumentError(absl::StrCat("trace: ", what, " of kind ",
                                                   wire, ", expected 1 to ",
                                                   static_cast<int>(last) + 1));
  }
  return static_cast<Kind>(wire - 1);
}

// A year: sums of such spans do not overflow.
constexpr int64_t kLongestNs = int64_t{366} * 24 * 3600 * 1'000'000'000;

absl::Status CheckSpan(int64_t ns, const char* what) {
  if (ns >= 0 && ns <= kLongestNs) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "trace: ", what, " is ", ns, " ns, expected 0 to ", kLongestNs));
}

template <typename Repeated>
void RowsToProto(const RowRuns& rows, Repeated* wire) {
  for (const RowRun& run : rows) {
    v1::TraceRows* const out = wire->Add();
    out->set_sequence(run.sequence);
    out->set_position(run.position);
    out->set_more(run.count - 1);
  }
}

template <typename Repeated>
absl::Status RowsFromProto(const Repeated& wire, RowRuns* rows) {
  for (const v1::TraceRows& run : wire) {
    const uint64_t last = uint64_t{run.position()} + run.more();
    if (last >= std::numeric_limits<uint32_t>::max()) {
      return absl::InvalidArgumentError(
          absl::StrCat("trace: position ", last, " is beyond 2^32 - 2"));
    }
    rows->push_back({run.sequence(), run.position(), run.more() + 1});
  }
  return absl::OkStatus();
}

void StepToProto(const TraceStep& step, v1::TraceStep* wire) {
  wire->set_kind(KindToProto<v1::TraceStepKind>(step.kind));
  wire->set_layer(step.layer);
  wire->set_start_ns(step.start_ns);
  for (const TracePart& part : step.parts) {
    v1::TracePart* const out = wire->add_parts();
    out->set_kind(KindToProto<v1::TracePartKind>(part.kind));
    out->set_expert(part.expert);
    out->set_duration_ns(part.duration_ns);
  }
  RowsToProto(step.rows, wire->mutable_rows());
}

absl::StatusOr<TraceStep> StepFromProto(const v1::TraceStep& wire) {
  TraceStep step;
  SPACEMOE_ASSIGN_OR_RETURN(
      step.kind, KindFromProto(wire.kind(), StepKind::kInject, "a step"));
  step.layer = wire.layer();
  step.start_ns = wire.start_ns();
  SPACEMOE_RETURN_IF_ERROR(CheckSpan(step.start_ns, "a step's start"));
  for (const v1::TracePart& in : wire.parts()) {
    TracePart part{.expert = in.expert(), .duration_ns = in.duration_ns()};
    SPACEMOE_ASSIGN_OR_RETURN(
        part.kind, KindFromProto(in.kind(), PartKind::kEmbedding, "a part"));
    SPACEMOE_RETURN_IF_ERROR(CheckSpan(part.duration_ns, "a part's duration"));
    step.parts.push_back(part);
    SPACEMOE_RETURN_IF_ERROR(CheckSpan(step.end_ns(), "a step's end"));
  }
  SPACEMOE_RETURN_IF_ERROR(RowsFromProto(wire.rows(), &step.rows));
  return step;
}

void FlightToProto(const TraceFlight& flight, v1::TraceFlight* wire) {
  wire->set_kind(KindToProto<v1::TraceFlightKind>(flight.kind));
  wire->set_layer(flight.layer);
  wire->set_source(flight.source);
  wire->set_expert(flight.expert);
  wire->set_departure_ns(flight.departure_ns);
  wire->set_late_ns(flight.arrival_ns - flight.due_ns);
  wire->set_propagation_ns(flight.propagation_ns);
  wire->set_processing_ns(flight.processing_ns);
  wire->set_serialization_ns(flight.serialization_ns);
  wire->set_queueing_ns(flight.queueing_ns);
  wire->set_hops(flight.hops);
  wire->set_bytes(flight.bytes);
  RowsToProto(flight.rows, wire->mutable_rows());
}

absl::Status CheckFlight(const v1::TraceFlight& wire) {
  for (const auto& [ns, what] :
       {std::pair(wire.departure_ns(), "a packet's departure"),
        std::pair(wire.late_ns(), "a packet's lateness"),
        std::pair(wire.propagation_ns(), "a packet's propagation"),
        std::pair(wire.processing_ns(), "a packet's processing"),
        std::pair(wire.serialization_ns(), "a packet's serialization"),
        std::pair(wire.queueing_ns(), "a packet's queueing")}) {
    SPACEMOE_RETURN_IF_ERROR(CheckSpan(ns, what));
  }
  return absl::OkStatus();
}

absl::StatusOr<TraceFlight> FlightFromProto(const v1::TraceFlight& wire) {
  SPACEMOE_RETURN_IF_ERROR(CheckFlight(wire));
  TraceFlight flight;
  SPACEMOE_ASSIGN_OR_RETURN(
      flight.kind, KindFromProto(wire.kind(), FlightKind::kOutput, "a packet"));
  flight.layer = wire.layer();
  flight.source = wire.source();
  flight.expert = wire.expert();
  flight.departure_ns = wire.departure_ns();
  flight.propagation_ns = wire.propagation_ns();
  flight.processing_ns = wire.processing_ns();
  flight.serialization_ns = wire.serialization_ns();
  flight.queueing_ns = wire.queueing_ns();
  flight.due_ns = flight.departure_ns + flight.propagation_ns +
                  flight.processing_ns + flight.serialization_ns +
                  flight.queueing_ns;
  flight.arrival_ns = flight.due_ns + wire.late_ns();
  flight.hops = wire.hops();
  flight.bytes = wire.bytes();
  SPACEMOE_RETURN_IF_ERROR(RowsFromProto(wire.rows(), &flight.rows));
  return flight;
}

void TokenToProto(const TraceToken& token, v1::TraceToken* wire) {
  wire->set_sequence(token.sequence);
  wire->set_position(token.position);
  wire->set_token(token.token);
  wire->set_emitted_ns(token.emitted_ns);
  wire->set_lap_ns(token.lap_ns);
  *wire->mutable_lap() = ToProto(token.lap);
}

absl::StatusOr<TraceToken> TokenFromProto(const v1::TraceToken& wire) {
  SPACEMOE_RETURN_IF_ERROR(CheckSpan(wire.emitted_ns(), "a token's time"));
  SPACEMOE_RETURN_IF_ERROR(CheckSpan(wire.lap_ns(), "a token's lap"));
  SPACEMOE_RETURN_IF_ERROR(
      CheckSpan(wire.emitted_ns() - wire.lap_ns(), "a lap's beginning"));
  return TraceToken{.sequence = wire.sequence(),
                    .position = wire.position(),
                    .token = wire.token(),
                    .emitted_ns = wire.emitted_ns(),
                    .lap_ns = wire.lap_ns(),
                    .lap = FromProto(wire.lap())};
}

}  // namespace

v1::TraceBatch ToProto(const TraceEvents& events) {
  v1::TraceBatch batch;
  for (const TraceStep& step : events.steps)
    StepToProto(step, batch.add_steps());
  for (const TraceFlight& flight : events.flights)
    FlightToProto(flight, batch.add_flights());
  for (const TraceToken& token : events.tokens)
    TokenToProto(token, batch.add_tokens());
  return batch;
}

absl::StatusOr<TraceEvents> FromProto(const v1::TraceBatch& batch) {
  TraceEvents events;
  for (const v1::TraceStep& wire : batch.steps()) {
    SPACEMOE_ASSIGN_OR_RETURN(TraceStep step, StepFromProto(wire));
    events.steps.push_back(std::move(step));
  }
  for (const v1::TraceFlight& wire : batch.flights()) {
    SPACEMOE_ASSIGN_OR_RETURN(TraceFlight flight, FlightFromProto(wire));
    events.flights.push_back(std::move(flight));
  }
  for (const v1::TraceToken& wire : batch.tokens()) {
    SPACEMOE_ASSIGN_OR_RETURN(const TraceToken token, TokenFromProto(wire));
    events.tokens.push_back(token);
  }
  return events;
}

}  // namespace spacemoe
