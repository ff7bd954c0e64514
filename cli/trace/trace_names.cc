#include "cli/trace/trace_names.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace spacemoe {
namespace {

std::string Rows(const RowRuns& rows) {
  if (rows.empty()) return "\"rows\":0";
  return absl::StrCat("\"sequence\":", rows.front().sequence,
                      ",\"position\":", rows.front().position,
                      ",\"rows\":", RowCount(rows));
}

std::string Us(const char* name, int64_t ns) {
  return absl::StrFormat(",\"%s_us\":%d.%03d", name, ns / 1000, ns % 1000);
}

// What of a step lies on the path: up to where the packet leaves.
std::string PartOnPath(const PathSpan& span) {
  switch (span.step->kind) {
    case StepKind::kGateway:
      return span.flight != nullptr &&
                     span.flight->kind == FlightKind::kDispatch
                 ? "attention"
                 : "attention, shared";
    case StepKind::kExperts:
      return span.flight == nullptr
                 ? "experts"
                 : absl::StrCat("expert ", span.flight->expert);
    case StepKind::kLayer:
      return "whole";
    case StepKind::kHead:
    case StepKind::kInject:
      break;
  }
  return "";
}

bool IsHeads(const TraceStep& step) {
  return step.kind == StepKind::kHead || step.kind == StepKind::kInject;
}

std::string NameOfStep(const PathSpan& span) {
  if (IsHeads(*span.step)) {
    return span.start_ns == span.step->start_ns &&
                   span.step->kind == StepKind::kHead
               ? "logits"
               : "embedding";
  }
  return absl::StrCat("layer ", span.step->layer, " ", PartOnPath(span));
}

}  // namespace

std::string NameOfLayer(uint32_t layer, uint32_t layers) {
  const size_t digits = absl::StrCat(layers - 1).size();
  return absl::StrFormat("layer %0*d", static_cast<int>(digits), layer);
}

std::string NameOf(const TracePart& part) {
  switch (part.kind) {
    case PartKind::kAttention:
      return "attention, router";
    case PartKind::kShared:
      return "shared experts";
    case PartKind::kExpert:
      return absl::StrCat("expert ", part.expert);
    case PartKind::kLayer:
      return "layer";
    case PartKind::kLogits:
      return "logits, sampling";
    case PartKind::kEmbedding:
      break;
  }
  return "embedding";
}

std::string NameOf(const TraceFlight& flight) {
  switch (flight.kind) {
    case FlightKind::kDispatch:
      return "dispatch";
    case FlightKind::kOutput:
      return absl::StrCat("output of expert ", flight.expert);
    case FlightKind::kResidual:
      break;
  }
  return "residual";
}

std::string NameOf(const PathSpan& span, uint32_t layers) {
  if (span.kind == SpanKind::kStep) return NameOfStep(span);
  if (span.kind == SpanKind::kWait) {
    if (IsHeads(*span.step)) return "wait for the head";
    return absl::StrCat("wait in layer ", span.step->layer);
  }
  const TraceFlight& flight = *span.flight;
  if (flight.layer == layers) return absl::StrCat("link to the head");
  return absl::StrCat(flight.kind == FlightKind::kDispatch ? "link in layer "
                                                           : "link to layer ",
                      flight.layer);
}

std::string ArgsOf(const TraceStep& step) {
  return absl::StrCat("\"layer\":", step.layer, ",", Rows(step.rows));
}

std::string ArgsOf(const TraceFlight& flight) {
  return absl::StrCat(Rows(flight.rows), ",\"from\":", flight.source,
                      ",\"hops\":", flight.hops, ",\"bytes\":", flight.bytes,
                      Us("propagation", flight.propagation_ns),
                      Us("processing", flight.processing_ns),
                      Us("serialization", flight.serialization_ns),
                      Us("queueing", flight.queueing_ns),
                      Us("late", flight.arrival_ns - flight.due_ns));
}

std::string ArgsOf(const TraceToken& token) {
  return absl::StrCat("\"id\":", token.token, ",\"sequence\":", token.sequence,
                      ",\"position\":", token.position, Us("lap", token.lap_ns),
                      Us("propagation", token.lap.propagation_ns),
                      Us("processing", token.lap.processing_ns),
                      Us("serialization", token.lap.serialization_ns),
                      Us("queueing", token.lap.queueing_ns),
                      Us("compute", token.lap.compute_ns),
                      Us("software", token.lap.software_ns));
}

}  // namespace spacemoe
