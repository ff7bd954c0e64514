// Builds the roles of an assignment from a checkpoint.
#ifndef SPACEMOE_SATELLITE_NODE_ROLE_BUILDER_H_
#define SPACEMOE_SATELLITE_NODE_ROLE_BUILDER_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "models/checkpoint/checkpoint.h"
#include "models/kernels/thread_pool.h"
#include "satellite_node/assignment.h"
#include "satellite_node/core/satellite.h"

namespace spacemoe {

// The threads of a satellite's roles; null: the role's worker alone.
struct RolePools {
  std::unique_ptr<ThreadPool> layer;
  std::unique_ptr<ThreadPool> head;
};

// All cores for a gateway, a whole layer and a head when the sequences go round
// as one batch. Experts work side by side, each on its own.
RolePools MakeRolePools(const NodeAssignment& assignment);

// INVALID_ARGUMENT when the checkpoint is not the plan's model (layers or
// hidden size differ; both are named). Checkpoint and pools are borrowed and
// outlive the roles.
absl::StatusOr<SatelliteRoleSet> BuildRoles(const NodeAssignment& assignment,
                                            const Checkpoint& checkpoint,
                                            const RolePools& pools);

// Mapped bytes of the assignment's tensors.
absl::StatusOr<int64_t> RoleBytes(const NodeAssignment& assignment,
                                  const Checkpoint& checkpoint);

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_ROLE_BUILDER_H_
