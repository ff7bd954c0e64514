// What a traced satellite records.
#include "satellite_node/core/step_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <mutex>

#include "satellite_node/core/expert_station.h"
#include "satellite_node/core/gateway_station.h"
#include "satellite_node/core/head_station.h"
#include "satellite_node/core/layer_station.h"
#include "tests/satellite_node/core/fake_roles.h"
#include "tests/satellite_node/core/station_fixture.h"

namespace spacemoe {
namespace {

using testing::CapturingSink;
using testing::FakeCombiner;
using testing::FakeExperts;
using testing::FakeGateway;
using testing::FakeHead;
using testing::FakeLayer;
using testing::kHidden;
using ::testing::SizeIs;

class CapturingTrace final : public TraceSink {
 public:
  void OnStep(TraceStep step) override { steps.push_back(std::move(step)); }
  void OnFlight(TraceFlight flight) override {
    const std::lock_guard lock(mutex);
    flights.push_back(std::move(flight));
    changed.notify_all();
  }
  void OnToken(TraceToken token) override { tokens.push_back(token); }

  std::vector<TraceStep> steps;
  std::vector<TraceFlight> flights;
  std::vector<TraceToken> tokens;
  std::mutex mutex;
  std::condition_variable changed;
};

class DeafListener final : public SatelliteListener {
 public:
  void OnTokens(absl::Span<const TokenRecord>) override {
    if (on_tokens) on_tokens();
  }
  void OnLogits(LogitsRecord) override {}
  void OnFault(const absl::Status&) override {}

  std::function<void()> on_tokens;
};

SatelliteOptions Options(TraceSink* trace) {
  SatelliteOptions options = testing::StationOptions(/*layer=*/1);
  options.trace = trace;
  return options;
}

Packet Residual(uint32_t layer, uint32_t position, int64_t due) {
  Packet packet = testing::HiddenPacket(/*sequence=*/1, position, due);
  packet.layer = layer;
  packet.source = 4;
  packet.combined = true;
  packet.link.hops = 2;
  return packet;
}

Arrival Arriving(Packet packet, int64_t came) {
  return MakeArrival(std::make_shared<Packet>(std::move(packet)), came);
}

TEST(StepTrace, AGatewaysPartsEndWhereItsPacketsLeave) {
  CapturingTrace trace;
  const SatelliteOptions options = Options(&trace);
  FakeGateway gateway(1);
  FakeCombiner combiner;
  ManualClock clock;
  CapturingSink sink;
  GatewayStation station(options, &gateway, &combiner, &clock, &sink);
  station.Accept(Arriving(Residual(1, 0, 500), 0));
  ASSERT_TRUE(station.Step().ok());
  ASSERT_THAT(trace.steps, SizeIs(1));
  const TraceStep& step = trace.steps[0];
  EXPECT_EQ(step.kind, StepKind::kGateway);
  EXPECT_EQ(step.layer, 1u);
  EXPECT_EQ(step.start_ns, 500);
  EXPECT_EQ(step.rows, (RowRuns{{1, 0, 1}}));
  ASSERT_THAT(step.parts, SizeIs(2));
  EXPECT_EQ(step.parts[0], (TracePart{PartKind::kAttention, 0, 1000}));
  EXPECT_EQ(step.parts[1].kind, PartKind::kShared);
  EXPECT_EQ(sink.packets.front().link.departure_ns,
            step.start_ns + step.parts[0].duration_ns);
  EXPECT_EQ(sink.packets.back().link.departure_ns, step.end_ns());
}

TEST(StepTrace, EachExpertIsAStep) {
  CapturingTrace trace;
  const SatelliteOptions options = Options(&trace);
  FakeExperts experts({2, 3});
  ManualClock clock;
  CapturingSink sink;
  ExpertStation station(options, &experts, &clock, &sink);
  Packet packet = Residual(1, 7, 600);
  packet.kind = PacketKind::kDispatch;
  packet.combined = false;
  packet.rows[0].experts = {{2, 0.5f}, {3, 0.5f}};
  station.Accept(Arriving(std::move(packet), 0));
  ASSERT_TRUE(station.Step().ok());
  ASSERT_THAT(trace.steps, SizeIs(2));
  EXPECT_EQ(trace.steps[0].start_ns, 600);
  EXPECT_EQ(trace.steps[1].start_ns, 1100);
  EXPECT_EQ(trace.steps[0].parts[0], (TracePart{PartKind::kExpert, 2, 500}));
  EXPECT_EQ(trace.steps[1].parts[0], (TracePart{PartKind::kExpert, 3, 500}));
  ASSERT_THAT(sink.packets, SizeIs(2));
  EXPECT_EQ(sink.packets[0].link.departure_ns, 1100);
  EXPECT_EQ(sink.packets[1].link.departure_ns, 1600);
}

TEST(StepTrace, AWholeLayerIsOnePart) {
  CapturingTrace trace;
  const SatelliteOptions options = Options(&trace);
  FakeLayer layer(1);
  FakeCombiner combiner;
  ManualClock clock;
  CapturingSink sink;
  LayerStation station(options, &layer, &combiner, &clock, &sink);
  station.Accept(Arriving(Residual(1, 0, 500), 0));
  ASSERT_TRUE(station.Step().ok());
  ASSERT_THAT(trace.steps, SizeIs(1));
  EXPECT_EQ(trace.steps[0].kind, StepKind::kLayer);
  EXPECT_EQ(trace.steps[0].end_ns(), sink.packets[0].link.departure_ns);
}

TEST(StepTrace, TheHeadRecordsInjectionsStepsAndTokens) {
  CapturingTrace trace;
  SatelliteOptions options = Options(&trace);
  FakeHead head;
  FakeCombiner combiner;
  ManualClock clock;
  CapturingSink sink;
  DeafListener listener;
  HeadStation station(options, &head, &combiner, &clock, &sink, &listener);
  SequenceRequest request;
  request.sequence = 1;
  request.prompt = {3, 4};
  request.max_tokens = 2;
  request.capacity = 4;
  clock.Set(100);
  ASSERT_TRUE(station.Inject(request).ok());
  ASSERT_THAT(trace.steps, SizeIs(1));
  EXPECT_EQ(trace.steps[0].kind, StepKind::kInject);
  EXPECT_EQ(trace.steps[0].layer, 3u);
  EXPECT_EQ(trace.steps[0].rows, (RowRuns{{1, 0, 2}}));
  station.Accept(Arriving(Residual(3, 1, 900), 0));
  size_t recorded = 0;
  listener.on_tokens = [&] { recorded = trace.tokens.size(); };
  ASSERT_TRUE(station.Step().ok());
  EXPECT_EQ(recorded, 1u) << "who hears of a token finds it in the trace";
  ASSERT_THAT(trace.steps, SizeIs(2));
  EXPECT_EQ(trace.steps[1].kind, StepKind::kHead);
  EXPECT_EQ(trace.steps[1].parts[0], (TracePart{PartKind::kLogits, 0, 2000}));
  ASSERT_THAT(trace.tokens, SizeIs(1));
  EXPECT_EQ(trace.tokens[0].position, 2u);
  EXPECT_EQ(trace.tokens[0].emitted_ns, 2900);
  EXPECT_EQ(trace.tokens[0].lap_ns, 2800);
}

TEST(StepTrace, AFlightTellsHowLateItWas) {
  Packet packet = Residual(1, 3, 500);
  packet.kind = PacketKind::kOutput;
  packet.rows[0].experts = {{4, 1.0f}};
  const TraceFlight flight = FlightOf(Arriving(packet, 520));
  EXPECT_EQ(flight.kind, FlightKind::kOutput);
  EXPECT_EQ(flight.expert, 4u);
  EXPECT_EQ(flight.source, 4u);
  EXPECT_EQ(flight.departure_ns, 100);
  EXPECT_EQ(flight.due_ns, 500);
  EXPECT_EQ(flight.arrival_ns, 520);
  EXPECT_EQ(flight.hops, 2u);
  EXPECT_EQ(flight.bytes, LinkBytes(packet));
}

// Through a satellite's threads.
TEST(StepTrace, ASatelliteRecordsWhatItReceives) {
  CapturingTrace trace;
  SatelliteRoleSet roles;
  roles.layer = std::make_unique<FakeLayer>(1);
  roles.layer_combiner = std::make_unique<FakeCombiner>();
  SatelliteOptions options = Options(&trace);
  for (auto& [expert, home] : options.expert_homes) home = options.satellite;
  class NoOutbox final : public Outbox {
    void Send(Packet) override {}
  } outbox;
  DeafListener listener;
  NoDelayLinks links;
  const MonotonicClock clock(MonotonicNanos(), 1);
  auto satellite = Satellite::Create(options, std::move(roles), &clock, &links,
                                     &outbox, &listener);
  ASSERT_TRUE(satellite.ok()) << satellite.status();
  Packet packet = Residual(1, 0, 500);
  packet.destination = options.satellite;
  ASSERT_TRUE((*satellite)->Deliver(packet).ok());
  {
    std::unique_lock lock(trace.mutex);
    trace.changed.wait(lock, [&] { return !trace.flights.empty(); });
  }
  satellite->reset();
  EXPECT_EQ(trace.flights[0].rows, (RowRuns{{1, 0, 1}}));
  EXPECT_EQ(trace.flights[0].due_ns, 500);
}

}  // namespace
}  // namespace spacemoe
