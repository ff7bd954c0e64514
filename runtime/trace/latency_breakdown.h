// Where a span of emulated time went.
#ifndef SPACEMOE_RUNTIME_TRACE_LATENCY_BREAKDOWN_H_
#define SPACEMOE_RUNTIME_TRACE_LATENCY_BREAKDOWN_H_

#include <cstdint>

namespace spacemoe {

// Nanoseconds of emulated time. The parts add up to the span they account for.
struct LatencyBreakdown {
  int64_t propagation_ns = 0;
  int64_t processing_ns = 0;
  int64_t serialization_ns = 0;
  int64_t queueing_ns = 0;  // wait for a busy link or satellite, or for rows
                            // that must go first
  int64_t compute_ns = 0;
  int64_t software_ns = 0;  // the host was slower than the emulated system

  int64_t total_ns() const {
    return propagation_ns + processing_ns + serialization_ns + queueing_ns +
           compute_ns + software_ns;
  }
  LatencyBreakdown& operator+=(const LatencyBreakdown& o) {
    propagation_ns += o.propagation_ns;
    processing_ns += o.processing_ns;
    serialization_ns += o.serialization_ns;
    queueing_ns += o.queueing_ns;
    compute_ns += o.compute_ns;
    software_ns += o.software_ns;
    return *this;
  }
  friend bool operator==(const LatencyBreakdown&,
                         const LatencyBreakdown&) = default;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TRACE_LATENCY_BREAKDOWN_H_
