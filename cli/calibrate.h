// How long a model's roles take on this machine.
#ifndef SPACEMOE_CLI_CALIBRATE_H_
#define SPACEMOE_CLI_CALIBRATE_H_

#include "absl/status/statusor.h"
#include "coordinator/options/ring_options.h"
#include "coordinator/planning/plan.h"
#include "models/checkpoint/checkpoint.h"

namespace spacemoe {

// CPU seconds of one decoded row on one thread, as a satellite measures them:
// medians over some laps through gateways (with what they combine and their
// shared part), selected experts and the head, layer after layer as a token
// goes. Reads half a gigabyte of weights a lap at most.
absl::StatusOr<RoleSeconds> MeasureRoles(const Checkpoint& checkpoint,
                                         const RingOptions& ring);

// Measures what a plan counts with, unless it is modelled or given.
absl::Status MeasureIfUnknown(const Checkpoint& checkpoint, RingOptions* ring);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_CALIBRATE_H_
