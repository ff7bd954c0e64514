// The border between latency breakdowns and the wire.
#ifndef SPACEMOE_RUNTIME_TRACE_LATENCY_BREAKDOWN_PROTO_H_
#define SPACEMOE_RUNTIME_TRACE_LATENCY_BREAKDOWN_PROTO_H_

#include "runtime/trace/latency_breakdown.h"
#include "spacemoe/v1/common.pb.h"

namespace spacemoe {

v1::LatencyBreakdown ToProto(const LatencyBreakdown& breakdown);
LatencyBreakdown FromProto(const v1::LatencyBreakdown& proto);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TRACE_LATENCY_BREAKDOWN_PROTO_H_
