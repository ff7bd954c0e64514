#include "models/engine/role_factory.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "models/checkpoint/model_weights.h"
#include "models/engine/combiner.h"
#include "models/engine/engine_context.h"
#include "models/engine/experts.h"
#include "models/engine/gateway.h"
#include "models/engine/head.h"
#include "models/engine/torch_guard.h"
#include "models/engine/whole_layer.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// A Create function's result as the interface that it implements.
template <typename Interface, typename Work>
absl::StatusOr<std::unique_ptr<Interface>> Make(const Checkpoint& checkpoint,
                                                const ComputeOptions& options,
                                                const Work& create) {
  SPACEMOE_RETURN_IF_ERROR(ValidateCompute(checkpoint, options));
  return Guarded([&]() -> absl::StatusOr<std::unique_ptr<Interface>> {
    return create(MakeContext(options));
  });
}

absl::Status CheckLayer(const Checkpoint& checkpoint, int64_t layer) {
  const int64_t layers = checkpoint.config().layers;
  if (layer >= 0 && layer < layers) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("layer ", layer, ": expected one in [0, ", layers, ")"));
}

// Whether transformers would hold the values in bfloat16: stored so, or
// quantised in a format that it widens to bfloat16.
bool IsForBFloat16(StorageType type) {
  return type == StorageType::kBF16 || HasSeparateScales(type);
}

absl::Status CheckStoredAsBFloat16(const Checkpoint& checkpoint,
                                   TensorRole role, int64_t layer) {
  SPACEMOE_ASSIGN_OR_RETURN(const MatrixView stored,
                            ModelWeights(checkpoint).Get(role, layer, 0));
  if (IsForBFloat16(stored.type)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      checkpoint.path(), ": bfloat16 arithmetic needs weights stored as BF16; ",
      std::string(TensorRoleName(role)), " is stored as ",
      std::string(StorageTypeName(stored.type))));
}

// Routers are float32 in some checkpoints that are otherwise bfloat16.
bool IsLargeMatrix(TensorRole role) {
  return !IsNormRole(role) && !IsBiasRole(role) &&
         role != TensorRole::kRouter && role != TensorRole::kRouterOutput &&
         role != TensorRole::kSharedWeight;
}

absl::Status CheckAll(const Checkpoint& checkpoint,
                      const std::vector<TensorRole>& roles, int64_t layer) {
  for (const TensorRole role : roles) {
    if (!IsLargeMatrix(role)) continue;
    SPACEMOE_RETURN_IF_ERROR(CheckStoredAsBFloat16(checkpoint, role, layer));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateCompute(const Checkpoint& checkpoint,
                             const ComputeOptions& options) {
  if (!options.bfloat16) return absl::OkStatus();
  const ModelConfig& config = checkpoint.config();
  const int64_t layer = config.FirstLayerWithExperts();
  SPACEMOE_RETURN_IF_ERROR(CheckAll(checkpoint, HeadRoles(config), layer));
  SPACEMOE_RETURN_IF_ERROR(
      CheckAll(checkpoint, GatewayRoles(config, layer), layer));
  return CheckAll(checkpoint, ExpertRoles(config), layer);
}

absl::StatusOr<std::unique_ptr<GatewayRole>> MakeGateway(
    const Checkpoint& checkpoint, int64_t layer,
    const ComputeOptions& options) {
  return Make<GatewayRole>(
      checkpoint, options, [&](std::shared_ptr<EngineContext> context) {
        return Gateway::Create(checkpoint, layer, options.kv_bytes_limit,
                               std::move(context));
      });
}

absl::StatusOr<std::unique_ptr<LayerCombiner>> MakeCombiner(
    const Checkpoint& checkpoint, int64_t layer,
    const ComputeOptions& options) {
  SPACEMOE_RETURN_IF_ERROR(CheckLayer(checkpoint, layer));
  return Make<LayerCombiner>(
      checkpoint, options, [&](std::shared_ptr<EngineContext> context) {
        return ResidualCombiner::Create(checkpoint, layer, std::move(context));
      });
}

absl::StatusOr<std::unique_ptr<ExpertRole>> MakeExperts(
    const Checkpoint& checkpoint, int64_t layer, std::vector<int32_t> experts,
    const ComputeOptions& options) {
  return Make<ExpertRole>(
      checkpoint, options, [&](std::shared_ptr<EngineContext> context) {
        return Experts::Create(checkpoint, layer, std::move(experts),
                               std::move(context));
      });
}

absl::StatusOr<std::unique_ptr<LayerRole>> MakeLayer(
    const Checkpoint& checkpoint, int64_t layer,
    const ComputeOptions& options) {
  return Make<LayerRole>(
      checkpoint, options, [&](std::shared_ptr<EngineContext> context) {
        return WholeLayer::Create(checkpoint, layer, options.kv_bytes_limit,
                                  std::move(context));
      });
}

absl::StatusOr<std::unique_ptr<HeadRole>> MakeHead(
    const Checkpoint& checkpoint, const ComputeOptions& options) {
  return Make<HeadRole>(checkpoint, options,
                        [&](std::shared_ptr<EngineContext> context) {
                          return Head::Create(checkpoint, std::move(context));
                        });
}

}  // namespace spacemoe
