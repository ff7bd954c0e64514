// Tells Prometheus where the satellites' metrics are.
#ifndef SPACEMOE_COORDINATOR_METRICS_SERVICE_DISCOVERY_H_
#define SPACEMOE_COORDINATOR_METRICS_SERVICE_DISCOVERY_H_

#include <string>
#include <vector>

#include "coordinator/core/cluster.h"
#include "coordinator/planning/plan.h"

namespace spacemoe {

// JSON for Prometheus's http_sd_configs: a target each, with the labels layer,
// role (gateway, experts or layer; "+head" beside the head) and satellite.
std::string ServiceDiscoveryJson(const Plan& plan,
                                 const std::vector<MetricsTarget>& targets);

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_METRICS_SERVICE_DISCOVERY_H_
