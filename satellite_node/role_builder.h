// Builds the roles of an assignment from a checkpoint.
#ifndef SPACEMOE_SATELLITE_NODE_ROLE_BUILDER_H_
#define SPACEMOE_SATELLITE_NODE_ROLE_BUILDER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "models/checkpoint/checkpoint.h"
#include "satellite_node/assignment.h"
#include "satellite_node/core/satellite.h"

namespace spacemoe {

// INVALID_ARGUMENT when the checkpoint is not the plan's model (layers or
// hidden size differ; both are named). The checkpoint is borrowed and outlives
// the roles.
absl::StatusOr<SatelliteRoleSet> BuildRoles(const NodeAssignment& assignment,
                                            const Checkpoint& checkpoint);

// Mapped bytes of the assignment's tensors.
absl::StatusOr<int64_t> RoleBytes(const NodeAssignment& assignment,
                                  const Checkpoint& checkpoint);

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_ROLE_BUILDER_H_
