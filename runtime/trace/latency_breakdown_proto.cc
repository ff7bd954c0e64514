#include "runtime/trace/latency_breakdown_proto.h"

namespace spacemoe {

v1::LatencyBreakdown ToProto(const LatencyBreakdown& breakdown) {
  v1::LatencyBreakdown proto;
  proto.set_propagation_ns(breakdown.propagation_ns);
  proto.set_processing_ns(breakdown.processing_ns);
  proto.set_serialization_ns(breakdown.serialization_ns);
  proto.set_queueing_ns(breakdown.queueing_ns);
  proto.set_compute_ns(breakdown.compute_ns);
  proto.set_software_ns(breakdown.software_ns);
  return proto;
}

LatencyBreakdown FromProto(const v1::LatencyBreakdown& proto) {
  return {.propagation_ns = proto.propagation_ns(),
          .processing_ns = proto.processing_ns(),
          .serialization_ns = proto.serialization_ns(),
          .queueing_ns = proto.queueing_ns(),
          .compute_ns = proto.compute_ns(),
          .software_ns = proto.software_ns()};
}

}  // namespace spacemoe
