// What the HTTP servers have answered, as Prometheus sees it.
#ifndef SPACEMOE_COORDINATOR_METRICS_HTTP_METRICS_H_
#define SPACEMOE_COORDINATOR_METRICS_HTTP_METRICS_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "prometheus/metric_family.h"
#include "runtime/http/options.h"

namespace spacemoe {

// Counts by method, route and status code: of few values each, whatever
// clients send. Thread-safe.
class HttpMetrics {
 public:
  // As HttpServerOptions::observer.
  void Add(const HttpRecord& record);

  std::vector<prometheus::MetricFamily> Collect() const;

 private:
  struct Sum {
    uint64_t requests = 0;
    uint64_t incomplete = 0;
    uint64_t bytes = 0;
    double seconds = 0;
  };

  mutable std::mutex mutex_;  // protects what follows
  std::map<std::tuple<std::string, std::string, int>, Sum> sums_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_METRICS_HTTP_METRICS_H_
