// Builds a satellite's roles from a checkpoint: the only door to libtorch.
#ifndef SPACEMOE_MODELS_ENGINE_ROLE_FACTORY_H_
#define SPACEMOE_MODELS_ENGINE_ROLE_FACTORY_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "models/checkpoint/checkpoint.h"
#include "models/kernels/thread_pool.h"
#include "models/roles/roles.h"

namespace spacemoe {

enum class KernelKind : uint8_t { kNative, kAten };

struct ComputeOptions {
  bool bfloat16 = false;  // compute type; false: float32
  KernelKind kernel = KernelKind::kNative;
  ThreadPool* pool = nullptr;  // borrowed; null: the calling thread only
  int64_t kv_bytes_limit = 0;  // of one gateway; 0: none
};

// INVALID_ARGUMENT when bfloat16 is asked of a family that is not specified
// for it. The checkpoint is borrowed and outlives the roles.
absl::Status ValidateCompute(const Checkpoint& checkpoint,
                             const ComputeOptions& options);

absl::StatusOr<std::unique_ptr<GatewayRole>> MakeGateway(
    const Checkpoint& checkpoint, int64_t layer, const ComputeOptions& options);
// The rule of layer `layer` for its outputs.
absl::StatusOr<std::unique_ptr<LayerCombiner>> MakeCombiner(
    const Checkpoint& checkpoint, int64_t layer, const ComputeOptions& options);
absl::StatusOr<std::unique_ptr<ExpertRole>> MakeExperts(
    const Checkpoint& checkpoint, int64_t layer, std::vector<int32_t> experts,
    const ComputeOptions& options);
absl::StatusOr<std::unique_ptr<LayerRole>> MakeLayer(
    const Checkpoint& checkpoint, int64_t layer, const ComputeOptions& options);
absl::StatusOr<std::unique_ptr<HeadRole>> MakeHead(
    const Checkpoint& checkpoint, const ComputeOptions& options);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_ROLE_FACTORY_H_
