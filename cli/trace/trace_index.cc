#include "cli/trace/trace_index.h"

#include <algorithm>

namespace spacemoe {
namespace {

Place PlaceOf(const TraceStep& step, uint32_t index) {
  switch (step.kind) {
    case StepKind::kExperts:
      return {PlaceKind::kExperts, step.layer, index};
    case StepKind::kHead:
      return {PlaceKind::kHead};
    case StepKind::kInject:
      return {PlaceKind::kInject};
    case StepKind::kGateway:
    case StepKind::kLayer:
      break;
  }
  return {PlaceKind::kLayer, step.layer};
}

Place PlaceOf(const TraceFlight& flight, uint32_t layers, uint32_t index) {
  if (flight.kind == FlightKind::kDispatch)
    return {PlaceKind::kExperts, flight.layer, index};
  if (flight.layer == layers) return {PlaceKind::kHead};
  return {PlaceKind::kLayer, flight.layer};
}

int64_t TimeOf(const StepAt& at) { return at.step->start_ns; }
int64_t TimeOf(const FlightTo& to) { return to.flight->arrival_ns; }

template <typename Events>
typename Events::value_type LastBefore(const Events& events, int64_t time_ns) {
  typename Events::value_type last;
  int64_t last_ns = -1;
  for (const auto& event : events) {
    if (TimeOf(event) > time_ns || TimeOf(event) < last_ns) continue;
    last = event;
    last_ns = TimeOf(event);
  }
  return last;
}

}  // namespace

TraceIndex::TraceIndex(const TraceLog& log) : log_(log) {
  for (uint32_t i = 0; i < log_.satellites.size(); ++i)
    index_of_[log_.satellites[i].satellite] = i;
  CollectTokens();
  for (uint32_t i = 0; i < log_.satellites.size(); ++i) {
    AddSteps(i);
    AddFlights(i);
  }
}

TraceIndex::Key TraceIndex::KeyOf(const RowId& row, const Place& place) {
  const uint64_t at = (static_cast<uint64_t>(place.kind) << 62) ^
                      (static_cast<uint64_t>(place.layer) << 31) ^ place.index;
  return {{row.sequence, row.position}, at};
}

void TraceIndex::CollectTokens() {
  for (const TracedSatellite& satellite : log_.satellites) {
    for (const TraceToken& token : satellite.events.tokens) {
      tokens_.push_back(&token);
      if (token.position > 0)
        wanted_[token.sequence].push_back(token.position - 1);
    }
  }
  std::stable_sort(tokens_.begin(), tokens_.end(),
                   [](const TraceToken* a, const TraceToken* b) {
                     return a->emitted_ns < b->emitted_ns;
                   });
  for (auto& [sequence, positions] : wanted_)
    std::sort(positions.begin(), positions.end());
}

template <typename Event>
void TraceIndex::Add(const RowRuns& rows, const Place& place,
                     const Event& event, Table<Event>* table) {
  for (const RowRun& run : rows) {
    const auto wanted = wanted_.find(run.sequence);
    if (wanted == wanted_.end()) continue;
    auto at = std::lower_bound(wanted->second.begin(), wanted->second.end(),
                               run.position);
    for (; at != wanted->second.end() && *at - run.position < run.count; ++at)
      (*table)[KeyOf({run.sequence, *at}, place)].push_back(event);
  }
}

void TraceIndex::AddSteps(uint32_t index) {
  for (const TraceStep& step : log_.satellites[index].events.steps)
    Add(step.rows, PlaceOf(step, index), StepAt{index, &step}, &steps_);
}

void TraceIndex::AddFlights(uint32_t index) {
  for (const TraceFlight& flight : log_.satellites[index].events.flights) {
    Add(flight.rows, PlaceOf(flight, log_.layers, index),
        FlightTo{index, &flight}, &flights_);
  }
}

StepAt TraceIndex::StepBefore(const RowId& row, const Place& place,
                              int64_t time_ns) const {
  const auto found = steps_.find(KeyOf(row, place));
  return found == steps_.end() ? StepAt() : LastBefore(found->second, time_ns);
}

FlightTo TraceIndex::FlightBefore(const RowId& row, const Place& place,
                                  int64_t time_ns) const {
  const auto found = flights_.find(KeyOf(row, place));
  return found == flights_.end() ? FlightTo()
                                 : LastBefore(found->second, time_ns);
}

bool TraceIndex::FindSatellite(uint32_t satellite, uint32_t* index) const {
  const auto found = index_of_.find(satellite);
  if (found == index_of_.end()) return false;
  *index = found->second;
  return true;
}

}  // namespace spacemoe
