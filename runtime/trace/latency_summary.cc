#include "runtime/trace/latency_summary.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace spacemoe {
namespace {

// 0.07 * 100 is a little more than 7.
constexpr double kRounding = 1e-6;

}  // namespace

double NearestRank(const std::vector<double>& sorted, double q) {
  const double count = static_cast<double>(sorted.size());
  const auto rank =
      static_cast<size_t>(std::max(1.0, std::ceil(q * count - kRounding)));
  return sorted[std::min(rank, sorted.size()) - 1];
}

LatencySummary Summarize(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  return {.mean = sum / values.size(),
          .p50 = NearestRank(values, 0.50),
          .p95 = NearestRank(values, 0.95),
          .p99 = NearestRank(values, 0.99),
          .max = values.back()};
}

}  // namespace spacemoe
