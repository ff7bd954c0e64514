// Scratch for activations that lives from call to call, so that the hot path
// allocates nothing.
#ifndef SPACEMOE_MODELS_ENGINE_WORKSPACE_H_
#define SPACEMOE_MODELS_ENGINE_WORKSPACE_H_

#include <ATen/core/Tensor.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace spacemoe {

// Each buffer has one user at a time.
enum class Buffer : uint8_t {
  // Gateway.
  kNormed,
  kQueryInput,
  kQueries,
  kKeys,
  kValues,
  kAttended,
  kBranch,
  kResidual,
  kRouterLogits,
  kRouterOutput,
  kAngles,
  kAbsorbed,
  kAttendedLatents,
  kSharedWeights,
  // Feed-forward.
  kGate,
  kUp,
  kScaledInput,
  // Head.
  kFinalNormed,
  // The whole model in one process.
  kHidden,
  kNextHidden,
  kLayerNormed,
  kSharedOut,
  kExpertInput,
  kExpertWeights,
  kExpertOut,
  kLogits,
  kCount,
};

// Thread-compatible.
class Workspace {
 public:
  // At least `count` floats, of unspecified value; valid until the next call
  // for the same buffer.
  float* Floats(Buffer buffer, int64_t count);

 private:
  std::array<at::Tensor, static_cast<size_t>(Buffer::kCount)> tensors_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_WORKSPACE_H_
