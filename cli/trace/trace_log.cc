#include "cli/trace/trace_log.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "runtime/trace/trace_proto.h"

namespace spacemoe {
namespace {

absl::Status Bad(const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("trace: ", what));
}

// Names go into files as they are.
bool IsPlain(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c >= ' ' && c < 127 && c != '"' && c != '\\';
  });
}

// Whether the satellite has the role that the events speak of.
bool HasRole(const TracedSatellite& satellite, uint32_t layer,
             uint32_t layers) {
  return layer == layers ? satellite.head : satellite.layer == layer;
}

absl::Status CheckRoles(const TraceEvents& events,
                        const TracedSatellite& satellite, uint32_t layers) {
  const auto bad = [&](const char* what, uint32_t layer) {
    return Bad(absl::StrCat(what, " of layer ", layer, " on satellite ",
                            satellite.satellite, ", the ",
                            satellite.role_name));
  };
  for (const TraceStep& step : events.steps) {
    const bool heads =
        step.kind == StepKind::kHead || step.kind == StepKind::kInject;
    if (heads != (step.layer == layers) ||
        !HasRole(satellite, step.layer, layers)) {
      return bad("a step", step.layer);
    }
  }
  for (const TraceFlight& flight : events.flights) {
    if (!HasRole(satellite, flight.layer, layers))
      return bad("a packet", flight.layer);
  }
  if (!events.tokens.empty() && !satellite.head) return bad("a token", layers);
  return absl::OkStatus();
}

template <typename Event>
void Append(std::vector<Event> from, std::vector<Event>* to) {
  to->insert(to->end(), std::make_move_iterator(from.begin()),
             std::make_move_iterator(from.end()));
}

absl::Status AddHeader(const v1::TraceHeader& header, TraceLog* log) {
  if (!log->satellites.empty()) return Bad("a second header");
  if (header.satellites().empty()) return Bad("a run without satellites");
  log->layers = header.layers();
  log->time_scale = header.time_scale();
  log->dropped = header.dropped();
  for (const v1::TraceSatellite& wire : header.satellites()) {
    if (wire.has_layer() && wire.layer() >= header.layers()) {
      return Bad(absl::StrCat("a satellite of layer ", wire.layer(), " of ",
                              header.layers()));
    }
    if (!IsPlain(wire.role_name()))
      return Bad("a role's name with marks or beyond ASCII");
    TracedSatellite& satellite = log->satellites.emplace_back();
    satellite.satellite = wire.satellite();
    satellite.role_name = wire.role_name();
    if (wire.has_layer()) satellite.layer = wire.layer();
    satellite.head = wire.head();
  }
  return absl::OkStatus();
}

}  // namespace

uint64_t TraceLog::events() const {
  uint64_t events = 0;
  for (const TracedSatellite& satellite : satellites)
    events += satellite.events.size();
  return events;
}

absl::Status AddReply(const v1::GetTraceReply& reply, TraceLog* log) {
  if (reply.has_header()) return AddHeader(reply.header(), log);
  if (log->satellites.empty()) return Bad("events before the header");
  const uint32_t index = reply.satellite().index();
  if (index >= log->satellites.size()) {
    return Bad(absl::StrCat("events of satellite index ", index,
                            ", expected 0 to ", log->satellites.size() - 1));
  }
  v1::TraceBatch batch;
  if (!batch.ParseFromString(reply.satellite().batch())) {
    return Bad(absl::StrCat("what satellite index ", index,
                            " sent is no batch of events"));
  }
  SPACEMOE_ASSIGN_OR_RETURN(TraceEvents events, FromProto(batch));
  SPACEMOE_RETURN_IF_ERROR(
      CheckRoles(events, log->satellites[index], log->layers));
  TraceEvents* const all = &log->satellites[index].events;
  Append(std::move(events.steps), &all->steps);
  Append(std::move(events.flights), &all->flights);
  Append(std::move(events.tokens), &all->tokens);
  return absl::OkStatus();
}

}  // namespace spacemoe
