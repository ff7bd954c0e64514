#include "coordinator/metrics/http_metrics.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/metrics/families.h"

namespace spacemoe {
namespace {

using prometheus::MetricType;

// Those that a client makes up are one.
std::string KnownMethod(const std::string& method) {
  for (const char* known : {"GET", "HEAD", "POST", "OPTIONS"}) {
    if (method == known) return method;
  }
  return "other";
}

}  // namespace

void HttpMetrics::Add(const HttpRecord& record) {
  const std::lock_guard lock(mutex_);
  Sum& sum =
      sums_[{KnownMethod(record.method),
             record.route.empty() ? "none" : record.route, record.status}];
  ++sum.requests;
  sum.incomplete += !record.complete;
  sum.bytes += record.bytes;
  sum.seconds += absl::ToDoubleSeconds(record.time);
}

std::vector<prometheus::MetricFamily> HttpMetrics::Collect() const {
  FamilyBuilder requests("spacemoe_http_requests_total",
                         "HTTP requests whose answer has ended; code 0: the "
                         "client left before it began",
                         MetricType::Counter);
  FamilyBuilder incomplete("spacemoe_http_incomplete_answers_total",
                           "HTTP answers that did not reach their end: the "
                           "client left, or was dropped",
                           MetricType::Counter);
  FamilyBuilder bytes("spacemoe_http_answer_bytes_total",
                      "Bytes of HTTP answers' bodies", MetricType::Counter);
  FamilyBuilder seconds("spacemoe_http_request_seconds_total",
                        "Wall time of HTTP requests, streams to their end",
                        MetricType::Counter);
  const std::lock_guard lock(mutex_);
  for (const auto& [key, sum] : sums_) {
    const auto& [method, route, code] = key;
    const MetricLabels labels = {
        {"method", method}, {"route", route}, {"code", absl::StrCat(code)}};
    requests.Value(static_cast<double>(sum.requests), labels);
    incomplete.Value(static_cast<double>(sum.incomplete), labels);
    bytes.Value(static_cast<double>(sum.bytes), labels);
    seconds.Value(sum.seconds, labels);
  }
  std::vector<prometheus::MetricFamily> families;
  for (FamilyBuilder* family : {&requests, &incomplete, &bytes, &seconds})
    families.push_back(std::move(*family).Build());
  return families;
}

}  // namespace spacemoe
