#include "satellite_node/role_builder.h"

#include "absl/strings/str_cat.h"
#include "models/checkpoint/model_weights.h"
#include "models/engine/role_factory.h"
#include "models/kernels/thread_pool.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status CheckModel(const NodeAssignment& assignment,
                        const Checkpoint& checkpoint) {
  const ModelConfig& config = checkpoint.config();
  if (config.layers == assignment.options.layers &&
      config.hidden_size == assignment.hidden_size) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      checkpoint.path(), " has ", config.layers, " layers of hidden size ",
      config.hidden_size, ", the plan's model has ", assignment.options.layers,
      " of ", assignment.hidden_size));
}

ComputeOptions ComputeOf(const NodeAssignment& assignment, ThreadPool* pool) {
  ComputeOptions compute;
  compute.bfloat16 = assignment.options.bfloat16;
  compute.kernel =
      assignment.aten_kernel ? KernelKind::kAten : KernelKind::kNative;
  compute.kv_bytes_limit = assignment.kv_bytes_limit;
  compute.pool = pool;
  return compute;
}

// A layer whose experts have copies elsewhere, too, is not whole here.
bool HasWholeLayer(const NodeAssignment& assignment,
                   const Checkpoint& checkpoint) {
  const int64_t all = checkpoint.config().Experts(assignment.options.layer);
  return assignment.gateway && all > 0 && assignment.expert_copies.empty() &&
         static_cast<int64_t>(assignment.experts.size()) == all;
}

absl::Status BuildLayerRole(const NodeAssignment& assignment,
                            const Checkpoint& checkpoint,
                            const ComputeOptions& compute,
                            SatelliteRoleSet* roles) {
  const int64_t layer = assignment.options.layer;
  if (HasWholeLayer(assignment, checkpoint)) {
    SPACEMOE_ASSIGN_OR_RETURN(roles->layer,
                              MakeLayer(checkpoint, layer, compute));
    return absl::OkStatus();
  }
  if (assignment.gateway) {
    SPACEMOE_ASSIGN_OR_RETURN(roles->gateway,
                              MakeGateway(checkpoint, layer, compute));
  }
  if (!assignment.experts.empty()) {
    SPACEMOE_ASSIGN_OR_RETURN(
        roles->experts,
        MakeExperts(checkpoint, layer, assignment.experts, compute));
  }
  return absl::OkStatus();
}

absl::Status BuildLayer(const NodeAssignment& assignment,
                        const Checkpoint& checkpoint,
                        const ComputeOptions& compute,
                        SatelliteRoleSet* roles) {
  if (!assignment.gateway && assignment.experts.empty())
    return absl::OkStatus();
  SPACEMOE_RETURN_IF_ERROR(
      BuildLayerRole(assignment, checkpoint, compute, roles));
  if (!assignment.gateway || assignment.options.layer == 0)
    return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(
      roles->layer_combiner,
      MakeCombiner(checkpoint, assignment.options.layer - 1, compute));
  return absl::OkStatus();
}

absl::Status BuildHead(const NodeAssignment& assignment,
                       const Checkpoint& checkpoint,
                       const ComputeOptions& compute, SatelliteRoleSet* roles) {
  if (!assignment.head) return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(roles->head, MakeHead(checkpoint, compute));
  SPACEMOE_ASSIGN_OR_RETURN(
      roles->head_combiner,
      MakeCombiner(checkpoint, assignment.options.layers - 1, compute));
  return absl::OkStatus();
}

}  // namespace

RolePools MakeRolePools(const NodeAssignment& assignment) {
  RolePools pools;
  if (!assignment.options.one_batch) return pools;
  if (assignment.gateway)
    pools.layer = std::make_unique<ThreadPool>(AvailableCores());
  if (assignment.head)
    pools.head = std::make_unique<ThreadPool>(AvailableCores());
  return pools;
}

absl::StatusOr<SatelliteRoleSet> BuildRoles(const NodeAssignment& assignment,
                                            const Checkpoint& checkpoint,
                                            const RolePools& pools) {
  SPACEMOE_RETURN_IF_ERROR(CheckModel(assignment, checkpoint));
  SatelliteRoleSet roles;
  SPACEMOE_RETURN_IF_ERROR(BuildLayer(assignment, checkpoint,
                                      ComputeOf(assignment, pools.layer.get()),
                                      &roles));
  SPACEMOE_RETURN_IF_ERROR(BuildHead(
      assignment, checkpoint, ComputeOf(assignment, pools.head.get()), &roles));
  return roles;
}

absl::StatusOr<int64_t> RoleBytes(const NodeAssignment& assignment,
                                  const Checkpoint& checkpoint) {
  const ModelWeights weights(checkpoint);
  int64_t bytes = 0;
  if (assignment.gateway) {
    SPACEMOE_ASSIGN_OR_RETURN(const int64_t gateway,
                              weights.GatewayBytes(assignment.options.layer));
    bytes += gateway;
  }
  for (int32_t expert : assignment.experts) {
    SPACEMOE_ASSIGN_OR_RETURN(
        const int64_t one,
        weights.ExpertBytes(assignment.options.layer, expert));
    bytes += one;
  }
  if (assignment.head) {
    SPACEMOE_ASSIGN_OR_RETURN(const int64_t head, weights.HeadBytes());
    bytes += head;
  }
  return bytes;
}

}  // namespace spacemoe
