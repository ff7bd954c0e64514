#include "satellite_node/role_builder.h"

#include "absl/strings/str_cat.h"
#include "models/checkpoint/model_weights.h"
#include "models/engine/role_factory.h"
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

ComputeOptions ComputeOf(const NodeAssignment& assignment) {
  ComputeOptions compute;
  compute.bfloat16 = assignment.options.bfloat16;
  compute.kernel =
      assignment.aten_kernel ? KernelKind::kAten : KernelKind::kNative;
  compute.kv_bytes_limit = assignment.kv_bytes_limit;
  return compute;
}

absl::Status BuildGateway(const NodeAssignment& assignment,
                          const Checkpoint& checkpoint,
                          SatelliteRoleSet* roles) {
  if (!assignment.gateway) return absl::OkStatus();
  const ComputeOptions compute = ComputeOf(assignment);
  const int64_t layer = assignment.options.layer;
  SPACEMOE_ASSIGN_OR_RETURN(roles->gateway,
                            MakeGateway(checkpoint, layer, compute));
  if (layer == 0) return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(roles->gateway_combiner,
                            MakeCombiner(checkpoint, layer - 1, compute));
  return absl::OkStatus();
}

absl::Status BuildHead(const NodeAssignment& assignment,
                       const Checkpoint& checkpoint, SatelliteRoleSet* roles) {
  if (!assignment.head) return absl::OkStatus();
  const ComputeOptions compute = ComputeOf(assignment);
  SPACEMOE_ASSIGN_OR_RETURN(roles->head, MakeHead(checkpoint, compute));
  SPACEMOE_ASSIGN_OR_RETURN(
      roles->head_combiner,
      MakeCombiner(checkpoint, assignment.options.layers - 1, compute));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SatelliteRoleSet> BuildRoles(const NodeAssignment& assignment,
                                            const Checkpoint& checkpoint) {
  SPACEMOE_RETURN_IF_ERROR(CheckModel(assignment, checkpoint));
  SatelliteRoleSet roles;
  SPACEMOE_RETURN_IF_ERROR(BuildGateway(assignment, checkpoint, &roles));
  SPACEMOE_RETURN_IF_ERROR(BuildHead(assignment, checkpoint, &roles));
  if (!assignment.experts.empty()) {
    SPACEMOE_ASSIGN_OR_RETURN(
        roles.experts, MakeExperts(checkpoint, assignment.options.layer,
                                   assignment.experts, ComputeOf(assignment)));
  }
  if (assignment.gateway && !assignment.experts.empty()) {
    SPACEMOE_ASSIGN_OR_RETURN(roles.own_combiner,
                              MakeCombiner(checkpoint, assignment.options.layer,
                                           ComputeOf(assignment)));
  }
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
