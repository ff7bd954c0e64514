// Whether this machine lets so many satellites live.
#ifndef SPACEMOE_SATELLITE_NODE_RESOURCE_LIMITS_H_
#define SPACEMOE_SATELLITE_NODE_RESOURCE_LIMITS_H_

#include <cstdint>

#include "absl/status/status.h"

namespace spacemoe {

// What one forked satellite takes at least. Measured: docs/measuring.md.
inline constexpr int64_t kTasksPerSatellite = 14;
inline constexpr int64_t kTasksOfMetrics = 3;  // where it serves them
inline constexpr int64_t kDescriptorsPerSatellite = 256;
inline constexpr int64_t kMemoryBytesPerSatellite = 4 << 20;

// Raises this process's (and its children's) descriptor limit. Then
// RESOURCE_EXHAUSTED names the limit that is too low for `satellites` more
// processes, its value, and how to raise it: descriptors, tasks (of the user,
// the control group, the kernel), memory. `metrics`: each of them serves some.
absl::Status PrepareLimits(int64_t satellites, bool metrics = false);

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_RESOURCE_LIMITS_H_
