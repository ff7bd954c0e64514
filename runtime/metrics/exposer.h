// Serves a process's metrics to Prometheus.
#ifndef SPACEMOE_RUNTIME_METRICS_EXPOSER_H_
#define SPACEMOE_RUNTIME_METRICS_EXPOSER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "prometheus/metric_family.h"

namespace spacemoe {

// Called by the exposer's worker whenever somebody scrapes.
using MetricsSource = std::function<std::vector<prometheus::MetricFamily>()>;

// GET /metrics over HTTP/1.1, in a few threads that sleep between scrapes.
class MetricsExposer {
 public:
  // `address` is HOST:PORT; port 0: any free one. Listens at once.
  // Errors as HttpServer::Start. What `source` uses outlives the exposer.
  static absl::StatusOr<std::unique_ptr<MetricsExposer>> Start(
      const std::string& address, MetricsSource source);
  ~MetricsExposer();

  // With the port that was chosen.
  const std::string& address() const;

 private:
  struct Server;
  explicit MetricsExposer(std::unique_ptr<Server> server);

  const std::unique_ptr<Server> server_;
};

// In Prometheus's text format.
inline constexpr char kMetricsContentType[] =
    "text/plain; version=0.0.4; charset=utf-8";
std::string MetricsText(const std::vector<prometheus::MetricFamily>& families);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_METRICS_EXPOSER_H_
