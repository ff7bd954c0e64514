// Whole rings of satellites in one process: real threads, fake arithmetic.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>

#include "satellite_node/core/satellite.h"
#include "tests/satellite_node/core/fake_roles.h"

namespace spacemoe {
namespace {

using testing::FakeCombiner;
using testing::FakeExperts;
using testing::FakeGateway;
using testing::FakeHead;
using testing::FakeLayer;

constexpr uint32_t kLayers = 4;

// Satellites wired directly to each other.
class Ring final : public Outbox, public SatelliteListener {
 public:
  // `together`: one satellite a layer. Otherwise an expert a satellite.
  Ring(bool together, int max_prompt_rows, LinkModel* links,
       double modelled_flops = 0)
      : together_(together), clock_(MonotonicNanos(), 1.0) {
    for (uint32_t layer = 0; layer < kLayers; ++layer) {
      AddGateway(layer, max_prompt_rows, links, modelled_flops);
      if (!together_) AddExperts(layer, links, modelled_flops);
    }
  }
  ~Ring() override {
    // No packet may be on its way into a satellite that is gone.
    {
      std::lock_guard<std::mutex> lock(mutex_);
      closed_ = true;
    }
    satellites_.clear();
  }

  void Send(Packet packet) override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) return;
    EXPECT_EQ(satellites_.at(packet.destination)->Deliver(std::move(packet)),
              absl::OkStatus());
  }
  void OnTokens(absl::Span<const TokenRecord> records) override {
    std::lock_guard<std::mutex> lock(mutex_);
    for (const TokenRecord& record : records) {
      tokens_[record.sequence].push_back(record);
      if (record.end != SequenceEnd::kNone) ++ended_;
    }
    changed_.notify_all();
  }
  void OnLogits(LogitsRecord record) override {
    std::lock_guard<std::mutex> lock(mutex_);
    logits_.push_back(std::move(record));
    if (logits_.back().last) ++ended_;
    changed_.notify_all();
  }
  void OnFault(const absl::Status& status) override {
    std::lock_guard<std::mutex> lock(mutex_);
    ADD_FAILURE() << status;
    ended_ = 1 << 20;
    changed_.notify_all();
  }

  Satellite& head() { return *satellites_.at(0); }
  void AwaitEnds(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return ended_ >= count; });
  }
  std::vector<int64_t> Text(uint64_t sequence) {
    std::lock_guard<std::mutex> lock(mutex_);
    std::vector<int64_t> ids;
    for (const TokenRecord& record : tokens_[sequence])
      ids.push_back(record.token);
    return ids;
  }
  std::vector<TokenRecord> Records(uint64_t sequence) {
    std::lock_guard<std::mutex> lock(mutex_);
    return tokens_[sequence];
  }
  std::vector<LogitsRecord> Logits() {
    std::lock_guard<std::mutex> lock(mutex_);
    return logits_;
  }
  LinkStatistics Statistics() {
    LinkStatistics all;
    for (auto& [id, satellite] : satellites_)
      all.Merge(satellite->Statistics(false));
    return all;
  }

 private:
  static uint32_t GatewayId(uint32_t layer) { return layer * 10; }
  uint32_t ExpertId(uint32_t layer, uint32_t expert) const {
    return together_ ? GatewayId(layer) : layer * 10 + 1 + expert;
  }
  SatelliteOptions Options(uint32_t layer, double modelled_flops) const {
    SatelliteOptions options;
    options.layers = kLayers;
    options.layer = layer;
    options.next_satellite = GatewayId((layer + 1) % kLayers);
    options.first_gateway = 0;
    options.modelled_flops = modelled_flops;
    for (uint32_t e = 0; e < testing::kExperts; ++e)
      options.expert_homes[e] = ExpertId(layer, e);
    return options;
  }
  void Add(SatelliteOptions options, SatelliteRoleSet roles, LinkModel* links) {
    const uint32_t id = options.satellite;
    auto satellite = Satellite::Create(std::move(options), std::move(roles),
                                       &clock_, links, this, this);
    ASSERT_TRUE(satellite.ok()) << satellite.status();
    satellites_[id] = *std::move(satellite);
  }
  void AddGateway(uint32_t layer, int max_prompt_rows, LinkModel* links,
                  double flops) {
    SatelliteOptions options = Options(layer, flops);
    options.satellite = GatewayId(layer);
    options.max_prompt_rows = max_prompt_rows;
    SatelliteRoleSet roles;
    if (together_) {
      roles.layer = std::make_unique<FakeLayer>(layer);
    } else {
      roles.gateway = std::make_unique<FakeGateway>(layer);
    }
    if (layer > 0) roles.layer_combiner = std::make_unique<FakeCombiner>();
    if (layer == 0) {
      roles.head = std::make_unique<FakeHead>();
      roles.head_combiner = std::make_unique<FakeCombiner>();
    }
    Add(std::move(options), std::move(roles), links);
  }
  void AddExperts(uint32_t layer, LinkModel* links, double flops) {
    for (uint32_t e = 0; e < testing::kExperts; ++e) {
      SatelliteOptions options = Options(layer, flops);
      options.satellite = ExpertId(layer, e);
      SatelliteRoleSet roles;
      roles.experts = std::make_unique<FakeExperts>(
          std::vector<int32_t>{static_cast<int32_t>(e)});
      Add(std::move(options), std::move(roles), links);
    }
  }

  const bool together_;
  const MonotonicClock clock_;
  std::map<uint32_t, std::unique_ptr<Satellite>>
      satellites_;  // constant while running
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  int ended_ = 0;
  std::map<uint64_t, std::vector<TokenRecord>> tokens_;
  std::vector<LogitsRecord> logits_;
};

SequenceRequest Request(uint64_t sequence, std::vector<int64_t> prompt,
                        int64_t tokens) {
  SequenceRequest request;
  request.sequence = sequence;
  request.capacity = static_cast<int64_t>(prompt.size()) + tokens;
  request.prompt = std::move(prompt);
  request.max_tokens = tokens;
  return request;
}

std::vector<int64_t> Prompt(uint64_t sequence) {
  std::vector<int64_t> prompt;
  for (uint64_t i = 0; i < 3 + sequence * 2; ++i)
    prompt.push_back((sequence * 13 + i * 7) % 97);
  return prompt;
}

TEST(Ring, TextEqualsThatOfOneLoop) {
  NoDelayLinks links;
  for (bool together : {false, true}) {
    Ring ring(together, 64, &links);
    ASSERT_TRUE(ring.head().Inject(Request(1, {3, 1, 4, 1, 5}, 20)).ok());
    ring.AwaitEnds(1);
    EXPECT_EQ(ring.Text(1),
              testing::FakeContinuation(kLayers, {3, 1, 4, 1, 5}, 20));
  }
}

TEST(Ring, ManySequencesTogetherGiveTheTextsOfEachAlone) {
  NoDelayLinks links;
  for (int prompt_rows : {1, 4, 64}) {
    Ring ring(false, prompt_rows, &links);
    for (uint64_t s = 1; s <= 12; ++s)
      ASSERT_TRUE(ring.head().Inject(Request(s, Prompt(s), 15)).ok());
    ring.AwaitEnds(12);
    for (uint64_t s = 1; s <= 12; ++s) {
      EXPECT_EQ(ring.Text(s), testing::FakeContinuation(kLayers, Prompt(s), 15))
          << s;
    }
  }
}

TEST(Ring, EveryLapIsAccountedForToTheNanosecond) {
  FixedDelayLinks links(200'000);
  Ring ring(false, 2, &links, 1e9);
  for (uint64_t s = 1; s <= 3; ++s)
    ASSERT_TRUE(ring.head().Inject(Request(s, Prompt(s), 6)).ok());
  ring.AwaitEnds(3);
  for (uint64_t s = 1; s <= 3; ++s) {
    int64_t previous = 0;
    for (const TokenRecord& record : ring.Records(s)) {
      EXPECT_EQ(record.lap.total_ns(), record.lap_ns);
      if (previous > 0) {
        EXPECT_EQ(record.emitted_ns - previous, record.lap_ns);
      }
      previous = record.emitted_ns;
      // Two links a layer on the slower path, none on the way to gateway 0.
      EXPECT_GE(record.lap.propagation_ns, 200'000 * kLayers);
      EXPECT_LE(record.lap.propagation_ns, 200'000 * 2 * kLayers);
    }
  }
  const LinkStatistics statistics = ring.Statistics();
  EXPECT_GT(statistics.messages, 0u);
  EXPECT_GE(statistics.achieved_ns_sum, statistics.requested_ns_sum);
}

TEST(Ring, LogitsOfEveryPositionComeBack) {
  NoDelayLinks links;
  Ring ring(false, 2, &links);
  SequenceRequest request = Request(1, {5, 6, 7, 8, 9}, 1);
  request.want_logits = true;
  ASSERT_TRUE(ring.head().Inject(request).ok());
  ring.AwaitEnds(1);
  std::map<int64_t, int64_t> rows;
  for (const LogitsRecord& record : ring.Logits()) {
    EXPECT_EQ(record.values.size(), record.rows * testing::kVocab);
    ++rows[record.first_position];
  }
  EXPECT_EQ(rows, (std::map<int64_t, int64_t>{
                      {0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 1}}));
}

TEST(Ring, AReleasedSequenceLeavesTheOthersAlone) {
  FixedDelayLinks links(100'000);
  Ring ring(false, 64, &links);
  ASSERT_TRUE(ring.head().Inject(Request(1, Prompt(1), 1000000)).ok());
  ASSERT_TRUE(ring.head().Inject(Request(2, Prompt(2), 10)).ok());
  ring.head().Release(1);
  ring.AwaitEnds(1);
  EXPECT_EQ(ring.Text(2), testing::FakeContinuation(kLayers, Prompt(2), 10));
}

TEST(Satellite, RefusesWhatIsNotForIt) {
  NoDelayLinks links;
  Ring ring(false, 64, &links);
  Packet packet;
  packet.kind = PacketKind::kResidual;
  packet.layer = 3;
  packet.width = testing::kHidden;
  EXPECT_EQ(ring.head().Deliver(packet).code(),
            absl::StatusCode::kInvalidArgument);
  packet.layer = 0;
  packet.width = 7;
  EXPECT_EQ(ring.head().Deliver(packet).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ring.head().Inject(Request(1, {}, 3)).code(),
            absl::StatusCode::kInvalidArgument);
  SequenceRequest cold = Request(1, {1}, 3);
  cold.sampling.temperature = -1;
  EXPECT_EQ(ring.head().Inject(cold).code(),
            absl::StatusCode::kInvalidArgument);
  SequenceRequest biased = Request(1, {1}, 3);
  biased.sampling.logit_bias = {{.token = testing::kVocab, .bias = 1}};
  EXPECT_EQ(ring.head().Inject(biased).code(),
            absl::StatusCode::kInvalidArgument);
  SequenceRequest talkative = Request(1, {1}, 3);
  talkative.logprobs = 21;
  EXPECT_EQ(ring.head().Inject(talkative).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ring.head().Inject(Request(1, {testing::kVocab}, 3)).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Satellite, RefusesRolesThatContradictItsOptions) {
  NoDelayLinks links;
  MonotonicClock clock(0, 1.0);
  auto create = [&](SatelliteOptions options, SatelliteRoleSet roles) {
    return Satellite::Create(std::move(options), std::move(roles), &clock,
                             &links, nullptr, nullptr)
        .status()
        .code();
  };
  EXPECT_EQ(create({}, {}), absl::StatusCode::kInvalidArgument);
  SatelliteRoleSet head_only;
  head_only.head = std::make_unique<FakeHead>();
  EXPECT_EQ(create({}, std::move(head_only)),
            absl::StatusCode::kInvalidArgument);
  SatelliteRoleSet gateway;
  gateway.gateway = std::make_unique<FakeGateway>(1);
  SatelliteOptions options;
  options.layer = 1;
  EXPECT_EQ(create(options, std::move(gateway)),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace spacemoe
