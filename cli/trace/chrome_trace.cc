#include "cli/trace/chrome_trace.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/trace/critical_path.h"
#include "cli/trace/lanes.h"
#include "cli/trace/trace_index.h"
#include "cli/trace/trace_json.h"
#include "cli/trace/trace_names.h"

namespace spacemoe {
namespace {

constexpr int kTokensProcess = 1;
constexpr int kHeadProcess = 2;
constexpr int kFirstLayerProcess = 3;

bool IsHeads(const TraceStep& step) {
  return step.kind == StepKind::kHead || step.kind == StepKind::kInject;
}

// The steps of one role, and the packets on their way to it.
struct RoleTracks {
  int process = 0;
  std::string name;
  std::vector<const TraceStep*> steps;
  std::vector<const TraceStep*> injections;  // may overlap steps
  std::vector<const TraceFlight*> flights;   // by departure
  TraceTrack track;                          // of the steps
};

class Writer {
 public:
  Writer(const TraceLog& log,
         const std::function<void(std::string_view)>& write)
      : log_(log), index_(log), json_(write) {}

  TraceSummary Write() {
    summary_.events = log_.events();
    summary_.dropped = log_.dropped;
    WriteProcessNames();
    for (uint32_t i = 0; i < log_.satellites.size(); ++i) WriteSatellite(i);
    WriteTokens();
    json_.Finish(absl::StrCat(
        "{\"program\":\"spacemoe\",\"time\":\"emulated\",\"time_scale\":",
        log_.time_scale, ",\"layers\":", log_.layers, ",\"satellites\":",
        log_.satellites.size(), ",\"events\":", summary_.events,
        ",\"dropped_events\":", summary_.dropped, ",\"tokens\":",
        summary_.tokens, ",\"tokens_without_path\":", summary_.broken, "}"));
    return summary_;
  }

 private:
  void WriteProcessNames() {
    json_.NameProcess(kTokensProcess, "tokens");
    json_.NameProcess(kHeadProcess, "head");
    for (uint32_t layer = 0; layer < log_.layers; ++layer) {
      json_.NameProcess(kFirstLayerProcess + static_cast<int>(layer),
                        NameOfLayer(layer, log_.layers));
    }
  }

  TraceTrack NewTrack(int process, std::string_view name) {
    const TraceTrack track{process, ++threads_};
    json_.NameThread(track, name);
    return track;
  }

  // "gateway (satellite 345)" of "layer 3 gateway".
  static std::string LayerRoleName(const TracedSatellite& satellite) {
    std::string role = satellite.role_name;
    const std::string prefix = absl::StrCat("layer ", *satellite.layer, " ");
    if (absl::StartsWith(role, prefix)) role.erase(0, prefix.size());
    if (const size_t head = role.find(", head"); head != role.npos)
      role.erase(head);
    return absl::StrCat(role, " (satellite ", satellite.satellite, ")");
  }

  void WriteSatellite(uint32_t index) {
    const TracedSatellite& satellite = log_.satellites[index];
    RoleTracks layer, head;
    if (satellite.layer.has_value()) {
      layer.process = kFirstLayerProcess + static_cast<int>(*satellite.layer);
      layer.name = LayerRoleName(satellite);
    }
    head.process = kHeadProcess;
    head.name = absl::StrCat("head (satellite ", satellite.satellite, ")");
    Sort(satellite.events, &layer, &head);
    if (satellite.layer.has_value()) layer_tracks_[index] = WriteRole(&layer);
    if (satellite.head) head_track_ = WriteRole(&head);
  }

  void Sort(const TraceEvents& events, RoleTracks* layer, RoleTracks* head) {
    for (const TraceStep& step : events.steps) {
      if (step.kind == StepKind::kInject) {
        head->injections.push_back(&step);
      } else {
        (IsHeads(step) ? head : layer)->steps.push_back(&step);
      }
    }
    for (const TraceFlight& flight : events.flights)
      (flight.layer == log_.layers ? head : layer)->flights.push_back(&flight);
  }

  TraceTrack WriteRole(RoleTracks* role) {
    role->track = NewTrack(role->process, role->name);
    for (const TraceStep* step : role->steps) WriteStep(*step, role->track);
    if (!role->injections.empty()) WriteInjections(*role);
    WriteFlights(role);
    return role->track;
  }

  void WriteStep(const TraceStep& step, const TraceTrack& track) {
    int64_t start = step.start_ns;
    const std::string args = ArgsOf(step);
    for (const TracePart& part : step.parts) {
      const int64_t end = start + part.duration_ns;
      if (end > start) json_.Slice(track, start, end, NameOf(part), args);
      start = end;
    }
  }

  void WriteInjections(const RoleTracks& role) {
    Lanes lanes;
    std::vector<TraceTrack> tracks;
    std::vector<const TraceStep*> steps = role.injections;
    std::stable_sort(steps.begin(), steps.end(), [](auto* a, auto* b) {
      return a->start_ns < b->start_ns;
    });
    for (const TraceStep* step : steps) {
      // Even one that takes no time shows where a prompt begins.
      const int64_t end = std::max(step->end_ns(), step->start_ns + 1);
      const TraceTrack track = TrackOfLane(lanes.Take(step->start_ns, end),
                                           role.process, "prompts", &tracks);
      json_.Slice(track, step->start_ns, end, "embedding", ArgsOf(*step));
      injected_[step] = track;
    }
  }

  void WriteFlights(RoleTracks* role) {
    std::stable_sort(
        role->flights.begin(), role->flights.end(),
        [](auto* a, auto* b) { return a->departure_ns < b->departure_ns; });
    Lanes lanes;
    std::vector<TraceTrack> tracks;
    for (const TraceFlight* flight : role->flights) {
      // Where links take no time there is nothing to see.
      if (flight->arrival_ns <= flight->departure_ns) continue;
      const size_t lane = lanes.Take(flight->departure_ns, flight->arrival_ns);
      json_.Slice(TrackOfLane(lane, role->process,
                              absl::StrCat("to ", role->name), &tracks),
                  flight->departure_ns, flight->arrival_ns, NameOf(*flight),
                  ArgsOf(*flight));
    }
  }

  TraceTrack TrackOfLane(size_t lane, int process, const std::string& name,
                         std::vector<TraceTrack>* tracks) {
    if (lane == tracks->size()) {
      tracks->push_back(NewTrack(
          process, lane == 0 ? name : absl::StrCat(name, ", ", lane + 1)));
    }
    return (*tracks)[lane];
  }

  void WriteTokens() {
    for (const TraceToken* token : index_.tokens()) {
      ++summary_.tokens;
      const TraceTrack track = TrackOfSequence(token->sequence);
      json_.Slice(track, token->emitted_ns - token->lap_ns, token->emitted_ns,
                  absl::StrCat("token at ", token->position), ArgsOf(*token));
      const auto path = CriticalPath(index_, *token);
      if (!path.has_value()) {
        ++summary_.broken;
        continue;
      }
      WritePath(*path, track);
      WriteArrows(*path);
    }
  }

  TraceTrack TrackOfSequence(uint64_t sequence) {
    const auto found = sequences_.find(sequence);
    if (found != sequences_.end()) return found->second;
    return sequences_[sequence] =
               NewTrack(kTokensProcess, absl::StrCat("sequence ", sequence));
  }

  void WritePath(const std::vector<PathSpan>& path, const TraceTrack& track) {
    for (const PathSpan& span : path) {
      if (span.end_ns == span.start_ns) continue;
      json_.Slice(track, span.start_ns, span.end_ns, NameOf(span, log_.layers),
                  "");
    }
  }

  void WriteArrows(const std::vector<PathSpan>& path) {
    ++arrows_;
    for (size_t i = 0; i < path.size(); ++i) {
      if (path[i].kind != SpanKind::kStep) continue;
      json_.Flow(i == 0                 ? TraceJson::Arrow::kBegin
                 : i + 1 == path.size() ? TraceJson::Arrow::kEnd
                                        : TraceJson::Arrow::kThrough,
                 arrows_, TrackOf(path[i]), path[i].step->start_ns);
    }
  }

  TraceTrack TrackOf(const PathSpan& span) const {
    if (span.step->kind == StepKind::kInject) return injected_.at(span.step);
    if (IsHeads(*span.step)) return head_track_;
    return layer_tracks_.at(span.index);
  }

  const TraceLog& log_;
  const TraceIndex index_;
  TraceJson json_;
  TraceSummary summary_;
  int threads_ = 0;
  uint64_t arrows_ = 0;
  TraceTrack head_track_;
  std::map<uint32_t, TraceTrack> layer_tracks_;  // by index in the plan
  std::map<const TraceStep*, TraceTrack> injected_;
  std::map<uint64_t, TraceTrack> sequences_;
};

}  // namespace

TraceSummary WriteChromeTrace(
    const TraceLog& log, const std::function<void(std::string_view)>& write) {
  return Writer(log, write).Write();
}

}  // namespace spacemoe
