// How long a model's roles take on this machine.
#ifndef SPACEMOE_CLI_CALIBRATE_H_
#define SPACEMOE_CLI_CALIBRATE_H_

#include "absl/status/statusor.h"
#include "coordinator/options/ring_options.h"
#include "coordinator/planning/plan.h"
#include "models/checkpoint/checkpoint.h"

namespace spacemoe {

// CPU seconds of one decoded row on one thread, as a satellite measures them:
// the median of several steps of layer 0's gateway, its expert 0, and the head.
// Reads the weights of these roles.
absl::StatusOr<RoleSeconds> MeasureRoles(const Checkpoint& checkpoint,
                                         const RingOptions& ring);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_CALIBRATE_H_
