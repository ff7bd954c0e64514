#include "placement/simulation/statistics.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

namespace spacemoe {
namespace {

// 97.5 % quantiles of Student's t for 1, 2, ... degrees of freedom.
constexpr double kQuantiles[] = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};

// Beyond the table within 0.001 (the first terms of the expansion in 1 / n).
double Quantile(size_t degrees) {
  if (degrees <= std::size(kQuantiles)) return kQuantiles[degrees - 1];
  const double n = static_cast<double>(degrees);
  return 1.95996 + 2.3722 / n + 2.8225 / (n * n);
}

}  // namespace

double MeanOf(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / values.size();
}

double StandardDeviation(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double mean = MeanOf(values);
  double sum = 0;
  for (double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / (values.size() - 1));
}

double Percentile(const std::vector<double>& sorted, double share) {
  const double rank = std::ceil(share * sorted.size() - 1e-9);
  const size_t index = rank < 1 ? 0 : static_cast<size_t>(rank) - 1;
  return sorted[std::min(index, sorted.size() - 1)];
}

double ConfidenceHalfWidth(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  return Quantile(values.size() - 1) * StandardDeviation(values) /
         std::sqrt(static_cast<double>(values.size()));
}

}  // namespace spacemoe
