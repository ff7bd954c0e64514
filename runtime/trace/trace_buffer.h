// Keeps what a satellite records until somebody takes it away.
#ifndef SPACEMOE_RUNTIME_TRACE_TRACE_BUFFER_H_
#define SPACEMOE_RUNTIME_TRACE_TRACE_BUFFER_H_

#include <cstdint>
#include <functional>
#include <mutex>

#include "runtime/trace/trace_sink.h"

namespace spacemoe {

struct TraceBufferLimits {
  // Events that are worth a message of their own.
  uint64_t batch = 512;
  // Events that wait at most (some 200 bytes each): what comes then is dropped.
  uint64_t waiting = 1 << 14;
  // Events of a run at most: what comes then is dropped. Some 40 bytes of
  // network each.
  uint64_t run = 1 << 18;
};

// What is dropped is counted. Thread-safe.
class TraceBuffer final : public TraceSink {
 public:
  // `on_batch` is called, by whoever records, when a batch waits to be taken;
  // once until it is. Must not block.
  TraceBuffer(TraceBufferLimits limits, std::function<void()> on_batch)
      : limits_(limits), on_batch_(std::move(on_batch)) {}

  void OnStep(TraceStep step) override;
  void OnFlight(TraceFlight flight) override;
  void OnToken(TraceToken token) override;

  struct Taken {
    TraceEvents events;
    uint64_t dropped = 0;  // since the last call
  };
  Taken Take();

  // A new run begins: what waits is forgotten.
  void Restart();

 private:
  template <typename Event>
  void Add(Event event, std::vector<Event> TraceEvents::*list);

  const TraceBufferLimits limits_;
  const std::function<void()> on_batch_;

  std::mutex mutex_;  // protects what follows
  TraceEvents events_;
  uint64_t recorded_ = 0;  // in this run
  uint64_t dropped_ = 0;
  bool told_ = false;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TRACE_TRACE_BUFFER_H_
