// The border between traces and the wire.
#ifndef SPACEMOE_RUNTIME_TRACE_TRACE_PROTO_H_
#define SPACEMOE_RUNTIME_TRACE_TRACE_PROTO_H_

#include "absl/status/statusor.h"
#include "runtime/trace/trace_event.h"
#include "spacemoe/v1/trace.pb.h"

namespace spacemoe {

v1::TraceBatch ToProto(const TraceEvents& events);

// INVALID_ARGUMENT: a kind that is none, a negative duration, positions beyond
// 2^32; the event is named.
absl::StatusOr<TraceEvents> FromProto(const v1::TraceBatch& batch);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TRACE_TRACE_PROTO_H_
