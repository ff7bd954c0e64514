// Time accounting of one station, on a clock that moves only when told to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "satellite_node/core/expert_station.h"
#include "satellite_node/core/gateway_station.h"
#include "satellite_node/core/head_station.h"
#include "satellite_node/core/layer_station.h"
#include "satellite_node/core/mixed_station.h"
#include "tests/satellite_node/core/fake_roles.h"
#include "tests/satellite_node/core/station_fixture.h"

namespace spacemoe {
namespace {

using testing::CapturingListener;
using testing::CapturingSink;
using testing::FakeCombiner;
using testing::FakeExperts;
using testing::FakeGateway;
using testing::FakeHead;
using testing::FakeLayer;
using ::testing::IsEmpty;
using testing::kHidden;
using ::testing::SizeIs;

SatelliteOptions Options() { return testing::StationOptions(/*layer=*/0); }

Packet HiddenPacket(uint64_t sequence, uint32_t position, int64_t due,
                    bool prompt = false, bool cache_only = false) {
  Packet packet = testing::HiddenPacket(sequence, position, due);
  packet.rows[0].prompt = prompt;
  packet.rows[0].cache_only = cache_only;
  return packet;
}

Arrival HiddenRow(uint64_t sequence, uint32_t position, int64_t due,
                  int64_t came, bool prompt = false, bool cache_only = false) {
  Packet packet = HiddenPacket(sequence, position, due, prompt, cache_only);
  packet.combined = true;
  return MakeArrival(std::make_shared<Packet>(packet), came);
}

TEST(GatewayStation, StartsAtReadinessAndSendsAtStartPlusCompute) {
  const SatelliteOptions options = Options();
  FakeGateway gateway(0);
  ManualClock clock;
  CapturingSink sink;
  GatewayStation station(options, &gateway, nullptr, &clock, &sink);
  EXPECT_EQ(station.NextStep(), kNever);
  station.Accept(HiddenRow(1, 0, /*due=*/500, /*came=*/300));
  ASSERT_TRUE(station.Step().ok());
  ASSERT_THAT(sink.packets, SizeIs(3));  // two experts and the residual
  for (const Packet& packet : sink.packets) {
    EXPECT_EQ(packet.link.departure_ns, 1500);
    EXPECT_EQ(packet.rows[0].spent.propagation_ns, 400);
    EXPECT_EQ(packet.rows[0].spent.compute_ns, 1000);
    EXPECT_EQ(packet.rows[0].spent.software_ns, 0);
  }
  EXPECT_EQ(sink.packets[2].kind, PacketKind::kResidual);
  EXPECT_EQ(sink.packets[2].layer, 1u);
  EXPECT_EQ(sink.packets[2].vectors_per_row, 2u);
  EXPECT_THAT(sink.packets[2].rows[0].experts, SizeIs(2));
}

TEST(GatewayStation, BooksTheWaitForABusySatelliteAsQueueing) {
  const SatelliteOptions options = Options();
  FakeGateway gateway(0);
  ManualClock clock;
  CapturingSink sink;
  GatewayStation station(options, &gateway, nullptr, &clock, &sink);
  station.Accept(HiddenRow(1, 0, 500, 0));
  ASSERT_TRUE(station.Step().ok());
  station.Accept(HiddenRow(2, 0, 700, 0));
  EXPECT_EQ(station.NextStep(), 1500);
  sink.packets.clear();
  ASSERT_TRUE(station.Step().ok());
  EXPECT_EQ(sink.packets[0].link.departure_ns, 2500);
  EXPECT_EQ(sink.packets[0].rows[0].spent.queueing_ns, 800);
}

TEST(GatewayStation, BooksALateArrivalAsSoftware) {
  const SatelliteOptions options = Options();
  FakeGateway gateway(0);
  ManualClock clock;
  CapturingSink sink;
  GatewayStation station(options, &gateway, nullptr, &clock, &sink);
  station.Accept(HiddenRow(1, 0, /*due=*/500, /*came=*/620));
  ASSERT_TRUE(station.Step().ok());
  EXPECT_EQ(sink.packets[0].rows[0].spent.software_ns, 120);
  EXPECT_EQ(sink.packets[0].link.departure_ns, 1620);
}

TEST(GatewayStation, MeasuresComputeAsCpuTime) {
  SatelliteOptions options = Options();
  options.modelled_flops = 0;
  ManualClock clock;
  class Busy final : public LayerCombiner {
   public:
    explicit Busy(ManualClock* clock) : clock_(clock) {}
    absl::Status Combine(absl::Span<const CombineRow> rows,
                         float* out) override {
      clock_->AddCpu(777);
      return fake_.Combine(rows, out);
    }

   private:
    ManualClock* clock_;
    FakeCombiner fake_;
  } combiner(&clock);
  FakeGateway gateway(0);
  CapturingSink sink;
  GatewayStation station(options, &gateway, &combiner, &clock, &sink);
  station.Accept(
      MakeArrival(std::make_shared<Packet>(HiddenPacket(1, 0, 500)), 0));
  ASSERT_TRUE(station.Step().ok());
  EXPECT_EQ(sink.packets[0].rows[0].spent.compute_ns, 777);
  EXPECT_EQ(sink.packets[0].link.departure_ns, 1277);
}

TEST(GatewayStation, LastLayerEndsRowsThatOnlyFillTheCache) {
  SatelliteOptions options = Options();
  options.layer = 2;
  FakeGateway gateway(2);
  FakeCombiner combiner;
  ManualClock clock;
  CapturingSink sink;
  GatewayStation station(options, &gateway, &combiner, &clock, &sink);
  station.Accept(HiddenRow(1, 0, 500, 0, true, true));
  station.Accept(HiddenRow(1, 1, 500, 0, true, false));
  ASSERT_TRUE(station.Step().ok());
  for (const Packet& packet : sink.packets) {
    ASSERT_THAT(packet.rows, SizeIs(1));
    EXPECT_EQ(packet.rows[0].position, 1u);
  }
}

TEST(GatewayStation, IgnoresLatePacketsOfADeadSequence) {
  const SatelliteOptions options = Options();
  FakeGateway gateway(0);
  ManualClock clock;
  CapturingSink sink;
  GatewayStation station(options, &gateway, nullptr, &clock, &sink);
  station.Release(1);
  station.Accept(HiddenRow(1, 0, 500, 0));
  EXPECT_EQ(station.NextStep(), kNever);
  EXPECT_EQ(gateway.CacheBytes(), 0);
}

TEST(LayerStation, SendsTheLayersResultAtStartPlusCompute) {
  const SatelliteOptions options = Options();
  FakeLayer layer(0);
  ManualClock clock;
  CapturingSink sink;
  LayerStation station(options, &layer, nullptr, &clock, &sink);
  EXPECT_EQ(station.NextStep(), kNever);
  station.Accept(HiddenRow(1, 0, /*due=*/500, /*came=*/300));
  ASSERT_TRUE(station.Step().ok());
  ASSERT_THAT(sink.packets, SizeIs(1));
  const Packet& packet = sink.packets[0];
  EXPECT_TRUE(packet.combined);
  EXPECT_FALSE(packet.has_shared);
  EXPECT_EQ(packet.layer, 1u);
  EXPECT_EQ(packet.destination, 50u);
  EXPECT_EQ(packet.link.departure_ns, 2500);  // 1,000 + 2 * 500 FLOPs
  EXPECT_THAT(packet.rows[0].experts, IsEmpty());
  std::vector<float> expected = {0.1f, 0.2f, 0.3f, 0.4f};
  ASSERT_TRUE(FakeLayer(0).Run({{1, 0, 1, false}}, expected.data()).ok());
  EXPECT_EQ(packet.values, expected);
}

TEST(LayerStation, LastLayerEndsRowsThatOnlyFillTheCache) {
  SatelliteOptions options = Options();
  options.layer = 2;
  FakeLayer layer(2);
  FakeCombiner combiner;
  ManualClock clock;
  CapturingSink sink;
  LayerStation station(options, &layer, &combiner, &clock, &sink);
  station.Accept(HiddenRow(1, 0, 500, 0, true, true));
  ASSERT_TRUE(station.Step().ok());
  EXPECT_THAT(sink.packets, IsEmpty());
  station.Accept(HiddenRow(1, 1, 500, 0, true, true));
  station.Accept(HiddenRow(1, 2, 500, 0, true, false));
  ASSERT_TRUE(station.Step().ok());
  ASSERT_THAT(sink.packets, SizeIs(1));
  ASSERT_THAT(sink.packets[0].rows, SizeIs(1));
  EXPECT_EQ(sink.packets[0].rows[0].position, 2u);
  EXPECT_THAT(sink.packets[0].values, SizeIs(kHidden));
}

TEST(LayerStation, TakesAllSequencesOfOneBatch) {
  SatelliteOptions options = Options();
  FakeLayer layer(0);
  ManualClock clock;
  for (const bool one_batch : {false, true}) {
    options.one_batch = one_batch;
    CapturingSink sink;
    LayerStation station(options, &layer, nullptr, &clock, &sink);
    for (uint64_t sequence = 1; sequence <= 4; ++sequence) {
      Packet packet = HiddenPacket(sequence + 10 * one_batch, 0, 500);
      packet.combined = true;
      packet.sequences_in_flight = 4;
      station.Accept(MakeArrival(std::make_shared<Packet>(packet), 0));
    }
    ASSERT_TRUE(station.Step().ok());
    EXPECT_THAT(sink.packets[0].rows, SizeIs(one_batch ? 4 : 2));
  }
}

TEST(ExpertStation, SendsEachExpertsOutputAsSoonAsItIsThere) {
  SatelliteOptions options = Options();
  options.modelled_flops = 1e9;  // the fake expert's row takes 500 ns
  FakeExperts experts({2, 3});
  ManualClock clock;
  CapturingSink sink;
  ExpertStation station(options, &experts, &clock, &sink);
  Packet packet;
  packet.kind = PacketKind::kDispatch;
  packet.width = kHidden;
  packet.link = {0, 100, 100, 0, 0, 0, 1};
  RowHeader row;
  row.sequence = 1;
  row.experts = {{2, 0.5f}, {3, 0.5f}};
  packet.rows = {row};
  packet.values = {1, 2, 3, 4};
  station.Accept(MakeArrival(std::make_shared<Packet>(packet), 0));
  ASSERT_TRUE(station.Step().ok());
  ASSERT_THAT(sink.packets, SizeIs(2));
  EXPECT_EQ(sink.packets[0].rows[0].experts[0].expert, 2u);
  EXPECT_EQ(sink.packets[0].link.departure_ns, 600);
  EXPECT_EQ(sink.packets[1].rows[0].experts[0].expert, 3u);
  EXPECT_EQ(sink.packets[1].link.departure_ns, 1100);
  EXPECT_EQ(sink.packets[1].rows[0].spent.total_ns(), 1100);
  EXPECT_EQ(sink.packets[1].destination, 50u);
  EXPECT_EQ(sink.packets[1].layer, 1u);
}

// Both of a row's experts are here; the second waits for the first, and both
// for the gateway.
TEST(MixedStation, DoesOneThingAtATime) {
  SatelliteOptions options = Options();
  for (uint32_t e = 0; e < testing::kExperts; ++e) options.expert_homes[e] = 5;
  FakeGateway gateway(0);
  FakeExperts experts({0, 1, 2, 3, 4});
  ManualClock clock;
  CapturingSink sink;
  MixedStation station(options, &gateway, nullptr, nullptr, &experts, &clock,
                       &sink);
  EXPECT_EQ(station.NextStep(), kNever);
  station.Accept(HiddenRow(1, 0, /*due=*/500, /*came=*/300));
  ASSERT_TRUE(station.Step().ok());
  ASSERT_THAT(sink.packets, SizeIs(2));  // one dispatch and the residual
  const Packet dispatch = sink.packets[0];
  EXPECT_EQ(dispatch.kind, PacketKind::kDispatch);
  EXPECT_EQ(dispatch.destination, 5u);
  EXPECT_THAT(dispatch.rows[0].experts, SizeIs(2));
  EXPECT_EQ(station.NextStep(), kNever);
  // Another row is ready by the time that the dispatch is here.
  station.Accept(HiddenRow(2, 0, /*due=*/900, /*came=*/900));
  station.Accept(MakeArrival(std::make_shared<Packet>(dispatch), 1500));
  ASSERT_TRUE(station.Step().ok());
  ASSERT_THAT(sink.packets, SizeIs(4));
  EXPECT_EQ(sink.packets[2].kind, PacketKind::kOutput);
  EXPECT_EQ(sink.packets[2].link.departure_ns, 2000);
  EXPECT_EQ(sink.packets[3].link.departure_ns, 2500);
  ASSERT_TRUE(station.Step().ok());
  EXPECT_EQ(sink.packets[4].link.departure_ns, 3500);
  EXPECT_EQ(sink.packets[4].rows[0].spent.queueing_ns, 1600);
  station.Release(1);
  station.Release(2);
  EXPECT_EQ(station.NextStep(), kNever);
}

class FakeChooser final : public CopyChooser {
 public:
  std::vector<uint32_t> Choose(absl::Span<const int32_t> experts,
                               int64_t departure_ns) override {
    asked_ns = departure_ns;
    std::vector<uint32_t> homes;
    for (int32_t expert : experts) homes.push_back(200 + expert);
    return homes;
  }
  int64_t asked_ns = 0;
};

TEST(GatewayStation, SendsToTheCopiesThatAreChosen) {
  const SatelliteOptions options = Options();
  FakeGateway gateway(0);
  FakeChooser chooser;
  ManualClock clock;
  CapturingSink sink;
  GatewayStation station(options, &gateway, nullptr, &clock, &sink, &chooser);
  station.Accept(HiddenRow(1, 0, /*due=*/500, /*came=*/300));
  ASSERT_TRUE(station.Step().ok());
  ASSERT_THAT(sink.packets, SizeIs(3));
  EXPECT_EQ(chooser.asked_ns, 1500);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(sink.packets[i].destination,
              200 + sink.packets[i].rows[0].experts[0].expert);
  }
}

TEST(HeadStation, CutsThePromptAndMarksWhatOnlyFillsCaches) {
  SatelliteOptions options = Options();
  options.max_prompt_rows = 3;
  options.first_gateway = 5;
  FakeHead head;
  FakeCombiner combiner;
  ManualClock clock;
  CapturingSink sink;
  CapturingListener listener;
  HeadStation station(options, &head, &combiner, &clock, &sink, &listener);
  SequenceRequest request;
  request.sequence = 8;
  request.prompt = {1, 2, 3, 4, 5};
  request.capacity = 9;
  ASSERT_TRUE(station.Inject(request).ok());
  ASSERT_THAT(sink.packets, SizeIs(2));
  EXPECT_THAT(sink.packets[0].rows, SizeIs(3));
  EXPECT_THAT(sink.packets[1].rows, SizeIs(2));
  EXPECT_TRUE(sink.packets[1].rows[0].cache_only);
  EXPECT_FALSE(sink.packets[1].rows[1].cache_only);
  EXPECT_EQ(sink.packets[1].rows[1].capacity, 9u);
}

class HeadLap : public ::testing::Test {
 protected:
  HeadLap()
      : station_(options_, &head_, &combiner_, &clock_, &sink_, &listener_) {}

  void Inject(int64_t max_tokens, std::vector<int64_t> end_tokens,
              int64_t capacity) {
    SequenceRequest request;
    request.sequence = 1;
    request.prompt = {1};
    request.max_tokens = max_tokens;
    request.end_tokens = std::move(end_tokens);
    request.capacity = capacity;
    ASSERT_TRUE(station_.Inject(request).ok());
    sink_.packets.clear();
  }

  void Return(uint32_t position, int64_t due) {
    station_.Accept(HiddenRow(1, position, due, 0));
    ASSERT_TRUE(station_.Step().ok());
  }

  const SatelliteOptions options_ = Options();
  FakeHead head_;
  FakeCombiner combiner_;
  ManualClock clock_;
  CapturingSink sink_;
  CapturingListener listener_;
  HeadStation station_;
};

TEST_F(HeadLap, LapsAddUpAndFollowEachOther) {
  Inject(5, {}, 10);
  Return(0, 1000);
  Return(1, 9000);
  ASSERT_THAT(listener_.tokens, SizeIs(2));
  EXPECT_EQ(listener_.tokens[0].emitted_ns, 3000);  // 2,000 FLOPs
  EXPECT_EQ(listener_.tokens[0].lap_ns, 3000);
  EXPECT_EQ(listener_.tokens[1].emitted_ns, 11000);
  EXPECT_EQ(listener_.tokens[1].lap_ns, 8000);
  EXPECT_EQ(listener_.tokens[1].position, 2);
  ASSERT_THAT(sink_.packets, SizeIs(2));
  EXPECT_EQ(sink_.packets[0].rows[0].position, 1u);
  EXPECT_EQ(sink_.packets[0].link.departure_ns, 3000);
}

TEST_F(HeadLap, EndsAtMaxTokens) {
  Inject(1, {}, 10);
  Return(0, 1000);
  EXPECT_EQ(listener_.tokens[0].end, SequenceEnd::kLength);
  EXPECT_THAT(sink_.packets, IsEmpty());
}

TEST_F(HeadLap, EndsWhereTheContextEnds) {
  Inject(100, {}, 2);
  Return(0, 1000);
  EXPECT_EQ(listener_.tokens[0].end, SequenceEnd::kNone);
  Return(1, 5000);
  EXPECT_EQ(listener_.tokens[1].end, SequenceEnd::kLength);
}

TEST_F(HeadLap, EndsAtAnEndToken) {
  Inject(100, {}, 50);
  Return(0, 1000);
  const int64_t token = listener_.tokens[0].token;
  station_.Release(1);
  Inject(100, {token}, 50);
  Return(0, 20000);
  EXPECT_TRUE(listener_.tokens[1].end_token);
  EXPECT_EQ(listener_.tokens[1].end, SequenceEnd::kStop);
  EXPECT_THAT(sink_.packets, IsEmpty());
}

TEST_F(HeadLap, IgnoresRowsOfASequenceThatWasReleased) {
  Inject(100, {}, 50);
  station_.Release(1);
  station_.Accept(HiddenRow(1, 0, 1000, 0));
  EXPECT_EQ(station_.NextStep(), kNever);
}

}  // namespace
}  // namespace spacemoe
