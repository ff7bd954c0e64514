// A traced run of two layers, made up: layer 0 is a gateway with one expert's
// satellite, layer 1 is whole on its satellite.
#include <algorithm>
#include <functional>
#include <string>

#include "cli/trace/chrome_trace.h"
#include "cli/trace/critical_path.h"
#include "cli/trace/lanes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "runtime/trace/trace_proto.h"

namespace spacemoe {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr uint32_t kLayers = 2;
constexpr uint64_t kSequence = 7;

TraceFlight Flight(FlightKind kind, uint32_t layer, uint32_t source,
                   int64_t departure, int64_t arrival) {
  TraceFlight flight;
  flight.kind = kind;
  flight.layer = layer;
  flight.source = source;
  flight.departure_ns = departure;
  flight.due_ns = flight.arrival_ns = arrival;
  flight.propagation_ns = arrival - departure;
  flight.rows = {{kSequence, 4, 1}};
  return flight;
}

TraceStep Step(StepKind kind, uint32_t layer, int64_t start,
               absl::InlinedVector<TracePart, 2> parts) {
  return {kind, layer, start, std::move(parts), {{kSequence, 4, 1}}};
}

// Of position 4, from the injection at 100 to the token at 330.
TraceLog SomeLog() {
  TraceLog log;
  log.layers = kLayers;
  log.satellites.resize(3);
  TracedSatellite& gateway = log.satellites[0];
  gateway = {10, "layer 0 gateway, head", 0, true, {}};
  gateway.events.steps = {
      Step(StepKind::kInject, kLayers, 100, {{PartKind::kEmbedding, 0, 5}}),
      Step(StepKind::kGateway, 0, 110,
           {{PartKind::kAttention, 0, 20}, {PartKind::kShared, 0, 10}}),
      Step(StepKind::kHead, kLayers, 310,
           {{PartKind::kLogits, 0, 20}, {PartKind::kEmbedding, 0, 3}})};
  gateway.events.flights = {
      Flight(FlightKind::kResidual, 0, 10, 105, 105),
      Flight(FlightKind::kResidual, kLayers, 12, 260, 300)};
  gateway.events.tokens = {{kSequence, 5, 42, 330, 230, {}}};
  TracedSatellite& expert = log.satellites[1];
  expert = {11, "layer 0 expert 3", 0, false, {}};
  expert.events.steps = {
      Step(StepKind::kExperts, 0, 150, {{PartKind::kExpert, 3, 15}})};
  expert.events.flights = {Flight(FlightKind::kDispatch, 0, 10, 130, 150)};
  TracedSatellite& layer = log.satellites[2];
  layer = {12, "layer 1 gateway, experts 0-3", 1, false, {}};
  layer.events.steps = {
      Step(StepKind::kLayer, 1, 200, {{PartKind::kLayer, 0, 60}})};
  layer.events.flights = {Flight(FlightKind::kResidual, 1, 10, 140, 180),
                          Flight(FlightKind::kOutput, 1, 11, 165, 200)};
  layer.events.flights[1].expert = 3;
  return log;
}

std::string Write(const TraceLog& log, TraceSummary* summary = nullptr) {
  std::string text;
  const TraceSummary wrote = WriteChromeTrace(
      log, [&text](std::string_view bytes) { text.append(bytes); });
  if (summary != nullptr) *summary = wrote;
  return text;
}

TEST(CriticalPath, AddsUpToTheLap) {
  const TraceLog log = SomeLog();
  const TraceIndex index(log);
  ASSERT_EQ(index.tokens().size(), 1u);
  const auto path = CriticalPath(index, *index.tokens()[0]);
  ASSERT_TRUE(path.has_value());
  std::vector<int64_t> ends;
  int64_t time = 100;
  for (const PathSpan& span : *path) {
    EXPECT_EQ(span.start_ns, time);
    time = span.end_ns;
    ends.push_back(time);
  }
  // Embedding, link, wait, attention, link, expert, link, layer, link, wait,
  // logits.
  EXPECT_THAT(
      ends, ElementsAre(105, 105, 110, 130, 150, 165, 200, 260, 300, 310, 330));
  EXPECT_EQ(time - 100, index.tokens()[0]->lap_ns);
}

TEST(CriticalPath, GoesWithTheResidualWhenThatComesLast) {
  TraceLog log = SomeLog();
  log.satellites[2].events.flights[0].arrival_ns = 200;
  log.satellites[2].events.flights[1].arrival_ns = 190;
  const TraceIndex index(log);
  const auto path = CriticalPath(index, *index.tokens()[0]);
  ASSERT_TRUE(path.has_value());
  EXPECT_EQ((*path)[3].end_ns, 140);
  EXPECT_EQ((*path)[4].flight->kind, FlightKind::kResidual);
}

TEST(CriticalPath, IsUnknownWhereEventsAreMissing) {
  const std::vector<std::function<void(TraceLog*)>> holes = {
      [](TraceLog* log) { log->satellites[0].events.steps.pop_back(); },
      [](TraceLog* log) { log->satellites[1].events.steps.clear(); },
      [](TraceLog* log) { log->satellites[1].events.flights.clear(); },
      [](TraceLog* log) { log->satellites[2].events.flights.clear(); },
      [](TraceLog* log) { log->satellites[0].events.steps[0].rows.clear(); },
      // Not where the packet left.
      [](TraceLog* log) {
        log->satellites[2].events.steps[0].parts[0].duration_ns = 59;
      },
  };
  for (const auto& spoil : holes) {
    TraceLog log = SomeLog();
    spoil(&log);
    const TraceIndex index(log);
    EXPECT_FALSE(CriticalPath(index, *index.tokens()[0]).has_value());
    TraceSummary summary;
    const json trace = json::parse(Write(log, &summary));
    EXPECT_EQ(summary.broken, 1u);
    EXPECT_EQ(trace["otherData"]["tokens_without_path"], 1);
  }
}

TEST(ChromeTrace, HasASliceAndAnArrowForEverything) {
  TraceLog log = SomeLog();
  log.dropped = 3;
  TraceSummary summary;
  const json trace = json::parse(Write(log, &summary));
  EXPECT_EQ(summary.events, 11u);
  EXPECT_EQ(trace["otherData"]["dropped_events"], 3);
  std::vector<std::string> threads, arrows;
  std::map<std::string, int> slices;
  for (const json& event : trace["traceEvents"]) {
    const std::string phase = event["ph"];
    if (phase == "X") ++slices[event["name"]];
    if (event["name"] == "thread_name")
      threads.push_back(event["args"]["name"]);
    if (event.contains("id")) arrows.push_back(phase);
  }
  EXPECT_THAT(threads, ::testing::IsSupersetOf(
                           {"gateway (satellite 10)", "head (satellite 10)",
                            "expert 3 (satellite 11)",
                            "gateway, experts 0-3 (satellite 12)",
                            "to expert 3 (satellite 11)", "sequence 7"}));
  EXPECT_EQ(slices["attention, router"], 1);
  EXPECT_EQ(slices["expert 3"], 1);
  EXPECT_EQ(slices["output of expert 3"], 1);
  EXPECT_EQ(slices["token at 5"], 1);
  EXPECT_EQ(slices["wait in layer 0"], 1);
  // Injection, gateway, expert, layer, head.
  EXPECT_THAT(arrows, ElementsAre("s", "t", "t", "t", "f"));
}

// Perfetto sorts processes by name where it knows no sort index.
TEST(ChromeTrace, NamesOfLayersSortAsTheirNumbers) {
  TraceLog log = SomeLog();
  log.layers = 12;
  TraceSummary summary;
  const json trace = json::parse(Write(log, &summary));
  std::vector<std::string> layers;
  for (const json& event : trace["traceEvents"]) {
    if (event["name"] != "process_name") continue;
    const std::string name = event["args"]["name"];
    if (name.rfind("layer", 0) == 0) layers.push_back(name);
  }
  ASSERT_EQ(layers.size(), 12u);
  EXPECT_EQ(layers[3], "layer 03");
  EXPECT_EQ(layers[11], "layer 11");
  EXPECT_TRUE(std::is_sorted(layers.begin(), layers.end()));
}

TEST(ChromeTrace, TimesSurviveAViewersRounding) {
  const TraceLog log = SomeLog();
  const json trace = json::parse(Write(log));
  for (const json& event : trace["traceEvents"]) {
    if (event["name"] != "logits, sampling") continue;
    EXPECT_EQ(static_cast<int64_t>(event["ts"].get<double>() * 1000), 310);
    EXPECT_EQ(static_cast<int64_t>(event["dur"].get<double>() * 1000), 20);
  }
}

TEST(Lanes, PutsOverlappingSpansOnRowsOfTheirOwn) {
  Lanes lanes;
  EXPECT_EQ(lanes.Take(0, 10), 0u);
  EXPECT_EQ(lanes.Take(5, 8), 1u);
  EXPECT_EQ(lanes.Take(8, 12), 1u);
  EXPECT_EQ(lanes.Take(10, 11), 0u);
}

v1::GetTraceReply Header() {
  v1::GetTraceReply reply;
  reply.mutable_header()->set_layers(kLayers);
  reply.mutable_header()->set_dropped(2);
  v1::TraceSatellite* satellite = reply.mutable_header()->add_satellites();
  satellite->set_satellite(10);
  satellite->set_role_name("layer 0 gateway, head");
  satellite->set_layer(0);
  satellite->set_head(true);
  satellite = reply.mutable_header()->add_satellites();
  satellite->set_satellite(11);
  satellite->set_layer(1);
  return reply;
}

v1::GetTraceReply BatchOf(uint32_t index, const TraceEvents& events) {
  v1::GetTraceReply reply;
  reply.mutable_satellite()->set_index(index);
  reply.mutable_satellite()->set_batch(ToProto(events).SerializeAsString());
  return reply;
}

TEST(TraceLog, GathersBatches) {
  TraceLog log;
  const TraceEvents events = SomeLog().satellites[0].events;
  ASSERT_TRUE(AddReply(Header(), &log).ok());
  ASSERT_TRUE(AddReply(BatchOf(0, events), &log).ok());
  ASSERT_TRUE(AddReply(BatchOf(0, events), &log).ok());
  EXPECT_EQ(log.dropped, 2u);
  EXPECT_EQ(log.events(), 2 * events.size());
  EXPECT_EQ(log.satellites[0].events.steps[3], events.steps[0]);
}

TEST(TraceLog, RefusesWhatMakesNoSense) {
  TraceEvents step;
  step.steps = {Step(StepKind::kLayer, 1, 5, {})};
  v1::GetTraceReply no_batch = BatchOf(0, {});
  no_batch.mutable_satellite()->set_batch("\xff\xff");
  v1::GetTraceReply far = Header();
  far.mutable_header()->mutable_satellites(1)->set_layer(9);
  v1::GetTraceReply marks = Header();
  marks.mutable_header()->mutable_satellites(1)->set_role_name("a\"b");
  TraceEvents token;
  token.tokens = {{1, 1, 1, 1, 1, {}}};
  const std::vector<std::pair<std::vector<v1::GetTraceReply>, std::string>>
      cases = {
          {{BatchOf(0, {})}, "before the header"},
          {{Header(), Header()}, "a second header"},
          {{far}, "layer 9 of 2"},
          {{marks}, "name"},
          {{v1::GetTraceReply(Header()), BatchOf(2, {})}, "expected 0 to 1"},
          {{Header(), no_batch}, "no batch"},
          {{Header(), BatchOf(0, step)}, "a step of layer 1"},
          {{Header(), BatchOf(1, token)}, "a token"},
      };
  for (const auto& [replies, expected] : cases) {
    TraceLog log;
    absl::Status status;
    for (const v1::GetTraceReply& reply : replies)
      status.Update(AddReply(reply, &log));
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << expected;
    EXPECT_THAT(std::string(status.message()), HasSubstr(expected));
  }
}

}  // namespace
}  // namespace spacemoe
