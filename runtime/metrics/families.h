// Makes what Prometheus scrapes, from plain numbers.
#ifndef SPACEMOE_RUNTIME_METRICS_FAMILIES_H_
#define SPACEMOE_RUNTIME_METRICS_FAMILIES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "prometheus/metric_family.h"

namespace spacemoe {

using MetricLabels = std::vector<prometheus::ClientMetric::Label>;

// One name with its help; a value for each set of labels. Names follow
// Prometheus's conventions: base units, counters end in _total.
class FamilyBuilder {
 public:
  FamilyBuilder(std::string name, std::string help,
                prometheus::MetricType type);

  FamilyBuilder& Value(double value, MetricLabels labels = {});

  // `cumulative`: counts of what is at most the bound, ascending; the last
  // bound need not be infinite.
  struct Bucket {
    double bound = 0;
    uint64_t cumulative = 0;
  };
  FamilyBuilder& Histogram(const std::vector<Bucket>& buckets, uint64_t count,
                           double sum, MetricLabels labels = {});

  prometheus::MetricFamily Build() && { return std::move(family_); }

 private:
  prometheus::MetricFamily family_;
};

// One value, without labels.
prometheus::MetricFamily CounterFamily(std::string name, std::string help,
                                       double value);
prometheus::MetricFamily GaugeFamily(std::string name, std::string help,
                                     double value);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_METRICS_FAMILIES_H_
