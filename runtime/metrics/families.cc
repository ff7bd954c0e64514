#include "runtime/metrics/families.h"

#include <limits>

namespace spacemoe {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

FamilyBuilder::FamilyBuilder(std::string name, std::string help,
                             MetricType type) {
  family_.name = std::move(name);
  family_.help = std::move(help);
  family_.type = type;
}

FamilyBuilder& FamilyBuilder::Value(double value, MetricLabels labels) {
  ClientMetric metric;
  metric.label = std::move(labels);
  if (family_.type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  family_.metric.push_back(std::move(metric));
  return *this;
}

FamilyBuilder& FamilyBuilder::Histogram(const std::vector<Bucket>& buckets,
                                        uint64_t count, double sum,
                                        MetricLabels labels) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.histogram.sample_count = count;
  metric.histogram.sample_sum = sum;
  for (const Bucket& bucket : buckets)
    metric.histogram.bucket.push_back({bucket.cumulative, bucket.bound});
  metric.histogram.bucket.push_back(
      {count, std::numeric_limits<double>::infinity()});
  family_.metric.push_back(std::move(metric));
  return *this;
}

MetricFamily CounterFamily(std::string name, std::string help, double value) {
  FamilyBuilder family(std::move(name), std::move(help), MetricType::Counter);
  family.Value(value);
  return std::move(family).Build();
}

MetricFamily GaugeFamily(std::string name, std::string help, double value) {
  FamilyBuilder family(std::move(name), std::move(help), MetricType::Gauge);
  family.Value(value);
  return std::move(family).Build();
}

}  // namespace spacemoe
