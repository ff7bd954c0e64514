#include "coordinator/metrics/ring_metrics.h"

#include "coordinator/metrics/service_discovery.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "runtime/metrics/exposer.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kMs = 1'000'000;

TokenReport Token(int64_t lap_ms) {
  TokenReport token;
  token.sequence = 7;
  token.lap_ns = lap_ms * kMs;
  token.lap.propagation_ns = (lap_ms - 2) * kMs;
  token.lap.compute_ns = 2 * kMs;
  return token;
}

TEST(MetricHistogram, CountsUpToTheBoundIncluded) {
  MetricHistogram histogram({1, 2});
  for (double value : {0.5, 1.0, 1.5, 9.0}) histogram.Add(value);
  EXPECT_EQ(histogram.counts(), (std::vector<uint64_t>{2, 1}));
  EXPECT_EQ(histogram.count(), 4u);
  EXPECT_EQ(histogram.sum(), 12);
}

TEST(RingMetrics, FirstTokensAndLapsAreApart) {
  int64_t now = 0;
  RingMetrics metrics([&now] { return now; });
  metrics.OnQueued(7);
  now = 400 * kMs;
  metrics.OnAdmitted(7, 12);
  metrics.OnToken(Token(900), true);
  metrics.OnToken(Token(420), false);
  metrics.OnToken(Token(440), false);
  metrics.OnEnded(7, SequenceFate::kStop);
  const std::string text = MetricsText(metrics.Collect());
  for (const char* line :
       {"spacemoe_time_to_first_token_seconds_count 1\n",
        "spacemoe_time_to_first_token_seconds_sum 0.9",
        "spacemoe_token_latency_seconds_count 2\n",
        "spacemoe_token_latency_seconds_sum 0.86",
        "spacemoe_token_latency_seconds_bucket{le=\"0.4\"} 0\n",
        "spacemoe_token_latency_seconds_bucket{le=\"0.5\"} 2\n",
        "spacemoe_token_latency_part_seconds_sum{part=\"propagation\"} 0.856",
        "spacemoe_token_latency_part_seconds_sum{part=\"compute\"} 0.004",
        "spacemoe_admission_wait_seconds_sum 0.4",
        "spacemoe_tokens_generated_total 3\n",
        "spacemoe_prompt_tokens_total 12\n",
        "spacemoe_sequences_total{outcome=\"stop\"} 1\n",
        "spacemoe_sequences_total{outcome=\"failed\"} 0\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, Not(HasSubstr("sequence=")));
}

TEST(ClusterMetrics, TellWhetherTheRingIsReady) {
  ClusterState state;
  state.progress = {270, 200, 150, false};
  state.connected = 199;
  state.queued = 3;
  state.losses = 1;
  state.readiness = absl::UnavailableError("not yet");
  std::string text = MetricsText(ClusterMetrics(state));
  EXPECT_THAT(text, HasSubstr("spacemoe_ready 0\n"));
  EXPECT_THAT(text, HasSubstr("spacemoe_satellites{state=\"planned\"} 270\n"));
  EXPECT_THAT(text, HasSubstr("spacemoe_satellites{state=\"connected\"} 199"));
  EXPECT_THAT(text, HasSubstr("spacemoe_sequences_queued 3\n"));
  EXPECT_THAT(text, HasSubstr("spacemoe_satellite_losses_total 1\n"));
  state.readiness = absl::OkStatus();
  EXPECT_THAT(MetricsText(ClusterMetrics(state)),
              HasSubstr("spacemoe_ready 1\n"));
}

TEST(ServiceDiscovery, LabelsTargetsByTheirRoles) {
  auto checkpoint =
      Checkpoint::Open(std::string(SPACEMOE_TESTDATA) + "/models/mixtral");
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  const auto plan = MakePlan(**checkpoint, {});
  ASSERT_TRUE(plan.ok()) << plan.status();
  const auto json = nlohmann::json::parse(ServiceDiscoveryJson(
      *plan, {{0, "10.0.0.1:9100"}, {1, "10.0.0.1:9101"}}));
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0]["targets"], nlohmann::json({"10.0.0.1:9100"}));
  EXPECT_EQ(json[0]["labels"]["layer"], "0");
  EXPECT_EQ(json[0]["labels"]["role"], "gateway+head");
  EXPECT_EQ(json[0]["labels"]["satellite"],
            std::to_string(plan->satellites[0].satellite));
  EXPECT_EQ(json[1]["labels"]["role"], "experts");
  EXPECT_EQ(nlohmann::json::parse(ServiceDiscoveryJson(*plan, {})),
            nlohmann::json::array());
}

}  // namespace
}  // namespace spacemoe
