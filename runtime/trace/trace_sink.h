// Where a satellite's core puts what it records.
#ifndef SPACEMOE_RUNTIME_TRACE_TRACE_SINK_H_
#define SPACEMOE_RUNTIME_TRACE_TRACE_SINK_H_

#include "runtime/trace/trace_event.h"

namespace spacemoe {

// Called from a satellite's threads: thread-safe, must not block. Nobody calls
// it where a run is not traced: the core then has none.
class TraceSink {
 public:
  virtual ~TraceSink() = default;
  virtual void OnStep(TraceStep step) = 0;
  virtual void OnFlight(TraceFlight flight) = 0;
  virtual void OnToken(TraceToken token) = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TRACE_TRACE_SINK_H_
