// The messages between satellites, for Prometheus.
#ifndef SPACEMOE_RUNTIME_METRICS_LINK_METRICS_H_
#define SPACEMOE_RUNTIME_METRICS_LINK_METRICS_H_

#include <vector>

#include "prometheus/metric_family.h"
#include "runtime/trace/link_statistics.h"

namespace spacemoe {

// spacemoe_link_messages_total, spacemoe_link_bytes_total and
// spacemoe_link_lateness_seconds, a histogram in steps of four.
std::vector<prometheus::MetricFamily> LinkMetrics(const LinkStatistics& links);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_METRICS_LINK_METRICS_H_
