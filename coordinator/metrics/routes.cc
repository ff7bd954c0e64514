#include "coordinator/metrics/routes.h"

#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/metrics/service_discovery.h"
#include "runtime/metrics/exposer.h"
#include "runtime/metrics/process_metrics.h"

namespace spacemoe {
namespace {

using Families = std::vector<prometheus::MetricFamily>;

void Append(Families more, Families* all) {
  all->insert(all->end(), std::make_move_iterator(more.begin()),
              std::make_move_iterator(more.end()));
}

HttpResponse Metrics(const Observability& observability) {
  Families families = ProcessMetrics("spacemoe-coordinator", SPACEMOE_VERSION);
  Append(ClusterMetrics(observability.cluster->State()), &families);
  Append(observability.metrics->Collect(), &families);
  Append(observability.http->Collect(), &families);
  return {.content_type = kMetricsContentType, .body = MetricsText(families)};
}

HttpResponse Ready(const Observability& observability) {
  const absl::Status readiness = observability.cluster->State().readiness;
  if (readiness.ok()) return {.body = "ready\n"};
  return {.status = 503,
          .body = absl::StrCat(std::string(readiness.message()), "\n")};
}

HttpResponse Discovery(const Observability& observability) {
  return {.content_type = "application/json",
          .body = ServiceDiscoveryJson(
              *observability.plan, observability.cluster->MetricsTargets())};
}

}  // namespace

void AddObservabilityRoutes(const Observability& observability,
                            HttpRouter* router) {
  const auto add = [&](const std::string& path,
                       HttpResponse (*answer)(const Observability&),
                       RouteAccess access) {
    router->AddPlain(
        "GET", path,
        [observability, answer](const HttpRequest&) {
          return answer(observability);
        },
        access);
  };
  add(
      "/health/live",
      [](const Observability&) { return HttpResponse{.body = "alive\n"}; },
      RouteAccess::kOpen);
  add("/health/ready", &Ready, RouteAccess::kOpen);
  add("/metrics", &Metrics, RouteAccess::kGuarded);
  add("/sd", &Discovery, RouteAccess::kGuarded);
}

}  // namespace spacemoe
