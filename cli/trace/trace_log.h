// A traced run, as the coordinator hands it out.
#ifndef SPACEMOE_CLI_TRACE_TRACE_LOG_H_
#define SPACEMOE_CLI_TRACE_TRACE_LOG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "runtime/trace/trace_event.h"
#include "spacemoe/v1/inference.pb.h"

namespace spacemoe {

struct TracedSatellite {
  uint32_t satellite = 0;         // id in the constellation
  std::string role_name;          // "layer 3 gateway"
  std::optional<uint32_t> layer;  // unset: only the head
  bool head = false;
  TraceEvents events;
};

// Some 250 bytes an event.
struct TraceLog {
  uint32_t layers = 0;
  double time_scale = 1;
  std::vector<TracedSatellite> satellites;  // by index in the plan
  uint64_t dropped = 0;                     // events that found no room

  uint64_t events() const;
};

// One message of GetTrace. INVALID_ARGUMENT: a second header, events before the
// header or of a satellite that it does not name, events that make no sense.
absl::Status AddReply(const v1::GetTraceReply& reply, TraceLog* log);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_TRACE_TRACE_LOG_H_
