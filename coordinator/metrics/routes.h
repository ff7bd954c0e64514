// The coordinator's HTTP paths for those who watch over it.
#ifndef SPACEMOE_COORDINATOR_METRICS_ROUTES_H_
#define SPACEMOE_COORDINATOR_METRICS_ROUTES_H_

#include <string>

#include "coordinator/core/cluster.h"
#include "coordinator/metrics/http_metrics.h"
#include "coordinator/metrics/ring_metrics.h"
#include "coordinator/planning/plan.h"
#include "runtime/http/router.h"

namespace spacemoe {

// Borrowed; all outlive the server.
struct Observability {
  Cluster* cluster = nullptr;
  const RingMetrics* metrics = nullptr;
  const HttpMetrics* http = nullptr;
  const Plan* plan = nullptr;
};

// GET; the health is open to everybody, the others ask the router's gate:
//   /health/live   200 while the process runs
//   /health/ready  200 while tokens go round, else 503 with the reason
//   /metrics       Prometheus's text format
//   /sd            the satellites' metrics, for http_sd_configs
void AddObservabilityRoutes(const Observability& observability,
                            HttpRouter* router);

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_METRICS_ROUTES_H_
