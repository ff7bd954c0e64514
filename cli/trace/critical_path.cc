#include "cli/trace/critical_path.h"

#include <algorithm>

namespace spacemoe {
namespace {

// Whether the step begins then, or one of its parts ends.
bool HasBoundary(const TraceStep& step, int64_t time_ns) {
  int64_t boundary = step.start_ns;
  for (const TracePart& part : step.parts) {
    if (boundary == time_ns) return true;
    boundary += part.duration_ns;
  }
  return boundary == time_ns;
}

// Goes back in time from a token's emission.
class Walker {
 public:
  Walker(const TraceIndex& index, const TraceToken& token)
      : index_(index),
        token_(token),
        row_{token.sequence, token.position - 1},
        time_ns_(token.emitted_ns) {}

  std::optional<std::vector<PathSpan>> Walk() {
    if (token_.position == 0 || !Step({PlaceKind::kHead})) return std::nullopt;
    uint32_t layer = index_.log().layers;
    while (layer > 0) {
      if (!Flight(InputsOf(layer)) || !Sender(--layer)) return std::nullopt;
    }
    if (!Flight({PlaceKind::kLayer, 0}) || !Beginning()) return std::nullopt;
    std::reverse(spans_.begin(), spans_.end());
    return std::move(spans_);
  }

 private:
  // Of what the layer before sends.
  Place InputsOf(uint32_t layer) const {
    if (layer == index_.log().layers) return {PlaceKind::kHead};
    return {PlaceKind::kLayer, layer};
  }

  void Add(SpanKind kind, int64_t start_ns, uint32_t index,
           const TraceStep* step, const TraceFlight* flight) {
    spans_.push_back({kind, start_ns, time_ns_, index, step, flight});
    time_ns_ = start_ns;
  }

  // From the present time back to the step's start.
  bool Step(const Place& place) {
    const StepAt at = index_.StepBefore(row_, place, time_ns_);
    if (at.step == nullptr || !HasBoundary(*at.step, time_ns_)) return false;
    Add(SpanKind::kStep, at.step->start_ns, at.index, at.step, flight_);
    step_ = at;
    return true;
  }

  // From the step's start back to the departure of what came last for it.
  bool Flight(const Place& place) {
    const FlightTo to = index_.FlightBefore(row_, place, time_ns_);
    if (to.flight == nullptr) return false;
    flight_ = to.flight;
    if (flight_->arrival_ns < time_ns_) {
      Add(SpanKind::kWait, flight_->arrival_ns, step_.index, step_.step,
          nullptr);
    }
    Add(SpanKind::kLink, flight_->departure_ns, to.index, nullptr, flight_);
    return true;
  }

  // From a departure in `layer` back to the start of its gateway's step.
  bool Sender(uint32_t layer) {
    if (flight_->kind == FlightKind::kOutput) {
      uint32_t sender = 0;
      if (!index_.FindSatellite(flight_->source, &sender)) return false;
      const Place experts = {PlaceKind::kExperts, layer, sender};
      if (!Step(experts) || !Flight(experts)) return false;
    }
    return Step({PlaceKind::kLayer, layer});
  }

  // The token before was emitted in the midst of a step of the head's; a
  // prompt begins with its injection, and so does a row that the head has kept
  // for the next lap of all sequences.
  bool Beginning() {
    const int64_t begin_ns = token_.emitted_ns - token_.lap_ns;
    StepAt at = index_.StepBefore(row_, {PlaceKind::kInject}, time_ns_);
    if (at.step == nullptr && row_.position > 0) {
      at = index_.StepBefore({row_.sequence, row_.position - 1},
                             {PlaceKind::kHead}, time_ns_);
    }
    if (at.step == nullptr || !HasBoundary(*at.step, time_ns_)) return false;
    if (begin_ns < at.step->start_ns) {
      Add(SpanKind::kStep, at.step->start_ns, at.index, at.step, flight_);
      Add(SpanKind::kWait, begin_ns, at.index, at.step, nullptr);
      return true;
    }
    if (!HasBoundary(*at.step, begin_ns)) return false;
    Add(SpanKind::kStep, begin_ns, at.index, at.step, flight_);
    return true;
  }

  const TraceIndex& index_;
  const TraceToken& token_;
  const RowId row_;
  int64_t time_ns_;
  StepAt step_;                          // the last that was gone back
  const TraceFlight* flight_ = nullptr;  // likewise
  std::vector<PathSpan> spans_;
};

}  // namespace

std::optional<std::vector<PathSpan>> CriticalPath(const TraceIndex& index,
                                                  const TraceToken& token) {
  return Walker(index, token).Walk();
}

}  // namespace spacemoe
