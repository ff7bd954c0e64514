// What every program tells about its own process.
#ifndef SPACEMOE_RUNTIME_METRICS_PROCESS_METRICS_H_
#define SPACEMOE_RUNTIME_METRICS_PROCESS_METRICS_H_

#include <string>
#include <vector>

#include "prometheus/metric_family.h"

namespace spacemoe {

// process_cpu_seconds_total, process_resident_memory_bytes,
// process_start_time_seconds, process_open_fds, process_threads; and
// spacemoe_build_info with the version. Read from /proc: those that it does not
// tell are left out.
std::vector<prometheus::MetricFamily> ProcessMetrics(
    const std::string& program, const std::string& version);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_METRICS_PROCESS_METRICS_H_
