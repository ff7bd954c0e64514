#include "runtime/trace/trace_buffer.h"

#include <utility>

namespace spacemoe {

template <typename Event>
void TraceBuffer::Add(Event event, std::vector<Event> TraceEvents::*list) {
  {
    const std::lock_guard lock(mutex_);
    if (events_.size() >= limits_.waiting || recorded_ >= limits_.run) {
      ++dropped_;
      return;
    }
    (events_.*list).push_back(std::move(event));
    ++recorded_;
    if (told_ || events_.size() < limits_.batch) return;
    told_ = true;
  }
  on_batch_();
}

void TraceBuffer::OnStep(TraceStep step) {
  Add(std::move(step), &TraceEvents::steps);
}

void TraceBuffer::OnFlight(TraceFlight flight) {
  Add(std::move(flight), &TraceEvents::flights);
}

void TraceBuffer::OnToken(TraceToken token) {
  Add(std::move(token), &TraceEvents::tokens);
}

TraceBuffer::Taken TraceBuffer::Take() {
  const std::lock_guard lock(mutex_);
  told_ = false;
  return {std::exchange(events_, {}), std::exchange(dropped_, 0)};
}

void TraceBuffer::Restart() {
  const std::lock_guard lock(mutex_);
  events_ = {};
  recorded_ = 0;
  dropped_ = 0;
  told_ = false;
}

}  // namespace spacemoe
