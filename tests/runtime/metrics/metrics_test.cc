#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/metrics/exposer.h"
#include "runtime/metrics/families.h"
#include "runtime/metrics/link_metrics.h"
#include "runtime/metrics/process_metrics.h"
#include "tests/runtime/metrics/http_get.h"

namespace spacemoe {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Families, AreWrittenAsPrometheusReadsThem) {
  FamilyBuilder family("a_seconds", "Help", prometheus::MetricType::Histogram);
  family.Histogram({{0.5, 1}, {1, 3}}, 4, 6.5, {{"part", "x"}});
  std::vector<prometheus::MetricFamily> families;
  families.push_back(std::move(family).Build());
  families.push_back(CounterFamily("b_total", "Help", 7));
  families.push_back(GaugeFamily("c_bytes", "Help", 8));
  const std::string text = MetricsText(families);
  EXPECT_THAT(text, HasSubstr("# TYPE a_seconds histogram"));
  EXPECT_THAT(text, HasSubstr("a_seconds_count{part=\"x\"} 4"));
  EXPECT_THAT(text, HasSubstr("a_seconds_sum{part=\"x\"} 6.5"));
  EXPECT_THAT(text, HasSubstr("a_seconds_bucket{part=\"x\",le=\"0.5\"} 1"));
  EXPECT_THAT(text, HasSubstr("a_seconds_bucket{part=\"x\",le=\"+Inf\"} 4"));
  EXPECT_THAT(text, HasSubstr("b_total 7"));
  EXPECT_THAT(text, HasSubstr("c_bytes 8"));
}

TEST(LinkMetrics, LatenessIsInSeconds) {
  LinkStatistics links;
  links.Add(1000, 2000, 50);            // 1 us late
  links.Add(1000, 1'001'000, 50);       // 1 ms
  links.Add(1000, 20'000'001'000, 50);  // 20 s
  const std::string text = MetricsText(LinkMetrics(links));
  EXPECT_THAT(text, HasSubstr("spacemoe_link_messages_total 3"));
  EXPECT_THAT(text, HasSubstr("spacemoe_link_bytes_total 150"));
  EXPECT_THAT(text, ContainsRegex("le=\"4[^\"]*e-07\"} 0"));
  EXPECT_THAT(text, ContainsRegex("le=\"1.6[^\"]*e-06\"} 1"));
  EXPECT_THAT(text, ContainsRegex("le=\"0.0016[^\"]*\"} 2"));
  EXPECT_THAT(text, ContainsRegex("le=\"1.67[^\"]*\"} 2"));
  EXPECT_THAT(text, ContainsRegex("le=\"\\+Inf\"} 3"));
  EXPECT_THAT(text, ContainsRegex("seconds_sum 20.001001"));
}

TEST(ProcessMetrics, TellAboutThisProcess) {
  const std::string text = MetricsText(ProcessMetrics("test", "1.2.3"));
  EXPECT_THAT(
      text,
      HasSubstr("spacemoe_build_info{program=\"test\",version=\"1.2.3\"} 1"));
  for (const char* name :
       {"process_cpu_seconds_total", "process_resident_memory_bytes",
        "process_start_time_seconds", "process_open_fds", "process_threads"}) {
    EXPECT_THAT(text, ContainsRegex(std::string("\n") + name + " [1-9]?"));
  }
  EXPECT_THAT(text, ContainsRegex("process_threads 1\n"));
}

TEST(MetricsExposer, ServesWhatTheSourceSays) {
  double value = 1;
  auto exposer = MetricsExposer::Start("127.0.0.1:0", [&value] {
    return std::vector<prometheus::MetricFamily>{
        GaugeFamily("spacemoe_test", "Help", value)};
  });
  ASSERT_TRUE(exposer.ok()) << exposer.status();
  EXPECT_THAT((*exposer)->address(), Not(::testing::EndsWith(":0")));
  EXPECT_THAT(HttpGet((*exposer)->address(), "/metrics").body,
              HasSubstr("spacemoe_test 1"));
  value = 2;
  const HttpAnswer answer = HttpGet((*exposer)->address(), "/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("spacemoe_test 2"));
  EXPECT_EQ(HttpGet((*exposer)->address(), "/nothing").status, 404);
  const std::string address = (*exposer)->address();
  const auto second = MetricsExposer::Start(
      address, [] { return std::vector<prometheus::MetricFamily>(); });
  EXPECT_TRUE(absl::IsAlreadyExists(second.status())) << second.status();
  exposer->reset();
  EXPECT_EQ(HttpGet(address, "/metrics").status, 0);
}

TEST(MetricsExposer, WantsAnAddressOfTcp) {
  for (const char* address : {"unix:/tmp/x", "nonsense", "127.0.0.1:99999"}) {
    const auto exposer = MetricsExposer::Start(
        address, [] { return std::vector<prometheus::MetricFamily>(); });
    EXPECT_TRUE(absl::IsInvalidArgument(exposer.status())) << address;
  }
}

}  // namespace
}  // namespace spacemoe
