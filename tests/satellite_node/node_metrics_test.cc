#include "satellite_node/node_metrics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/metrics/exposer.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(StepCounters, SortStepsByTheirRows) {
  StepCounters counters;
  for (uint64_t rows : {1, 2, 3, 4, 1000})
    counters.Add(StepKind::kExperts, rows, 10);
  const StepStatistics steps = counters.Get(StepKind::kExperts);
  EXPECT_EQ(steps.steps(), 5u);
  EXPECT_EQ(steps.rows, 1010u);
  EXPECT_EQ(steps.compute_ns, 50);
  EXPECT_EQ(steps.batches[0], 1u);
  EXPECT_EQ(steps.batches[1], 1u);
  EXPECT_EQ(steps.batches[2], 2u);
  EXPECT_EQ(steps.batches[7], 1u);
  EXPECT_EQ(counters.Get(StepKind::kHead).steps(), 0u);
}

TEST(NodeMetrics, TellOfStepsThatTheSatelliteMakes) {
  StepCounters counters;
  counters.Add(StepKind::kGateway, 3, 2'000'000);
  counters.Add(StepKind::kGateway, 1, 1'000'000);
  NodeState state;
  state.ready = true;
  state.packets_held = 4;
  state.steps[static_cast<size_t>(StepKind::kGateway)] =
      counters.Get(StepKind::kGateway);
  const std::string text = MetricsText(NodeMetrics(state));
  EXPECT_THAT(text, HasSubstr("spacemoe_satellite_ready 1\n"));
  EXPECT_THAT(text, HasSubstr("spacemoe_packets_held 4\n"));
  EXPECT_THAT(text, HasSubstr("spacemoe_step_rows_count{step=\"gateway\"} 2"));
  EXPECT_THAT(text, HasSubstr("spacemoe_step_rows_sum{step=\"gateway\"} 4"));
  EXPECT_THAT(
      text,
      HasSubstr("spacemoe_step_rows_bucket{step=\"gateway\",le=\"1\"} 1"));
  EXPECT_THAT(
      text,
      HasSubstr("spacemoe_step_rows_bucket{step=\"gateway\",le=\"4\"} 2"));
  EXPECT_THAT(
      text,
      HasSubstr("spacemoe_step_compute_seconds_total{step=\"gateway\"} 0.003"));
  EXPECT_THAT(text, HasSubstr("spacemoe_link_messages_total 0"));
  EXPECT_THAT(text, Not(HasSubstr("step=\"head\"")));
}

}  // namespace
}  // namespace spacemoe
