#include "coordinator/metrics/http_metrics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/metrics/exposer.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(HttpMetrics, CountsByMethodRouteAndCode) {
  HttpMetrics metrics;
  metrics.Add({"POST", "/v1/completions", 200, 100, absl::Seconds(2)});
  metrics.Add({"POST", "/v1/completions", 200, 50, absl::Seconds(1), false});
  metrics.Add({"POST", "/v1/completions", 429, 10, absl::ZeroDuration()});
  const std::string text = MetricsText(metrics.Collect());
  for (const char* line :
       {"spacemoe_http_requests_total{method=\"POST\",route=\"/v1/"
        "completions\",code=\"200\"} 2\n",
        "spacemoe_http_requests_total{method=\"POST\",route=\"/v1/"
        "completions\",code=\"429\"} 1\n",
        "spacemoe_http_incomplete_answers_total{method=\"POST\",route=\"/v1/"
        "completions\",code=\"200\"} 1\n",
        "spacemoe_http_answer_bytes_total{method=\"POST\",route=\"/v1/"
        "completions\",code=\"200\"} 150\n",
        "spacemoe_http_request_seconds_total{method=\"POST\",route=\"/v1/"
        "completions\",code=\"200\"} 3\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(HttpMetrics, WhatClientsMakeUpIsOneLine) {
  HttpMetrics metrics;
  for (int i = 0; i < 100; ++i) {
    metrics.Add({"M" + std::to_string(i), "", 404, 0, absl::ZeroDuration()});
  }
  const std::string text = MetricsText(metrics.Collect());
  EXPECT_THAT(text, HasSubstr("spacemoe_http_requests_total{method=\"other\","
                              "route=\"none\",code=\"404\"} 100\n"));
  EXPECT_THAT(text, Not(HasSubstr("M1")));
}

}  // namespace
}  // namespace spacemoe
