// Loads weights of a checkpoint by what they are for.
#ifndef SPACEMOE_MODELS_ENGINE_WEIGHT_LOADER_H_
#define SPACEMOE_MODELS_ENGINE_WEIGHT_LOADER_H_

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "models/checkpoint/checkpoint.h"
#include "models/checkpoint/model_weights.h"
#include "models/config/tensor_role.h"
#include "models/engine/arithmetic.h"
#include "models/engine/weight.h"

namespace spacemoe {

// Of one layer (-1: the head's) and, for expert roles, one expert. Errors are
// ModelWeights::Get's. Borrows both arguments.
class WeightLoader {
 public:
  WeightLoader(const Checkpoint& checkpoint, const Arithmetic& arithmetic,
               int64_t layer, int64_t expert = -1)
      : weights_(checkpoint),
        arithmetic_(arithmetic),
        layer_(layer),
        expert_(expert) {}

  absl::StatusOr<Weight> Matrix(TensorRole role) const;
  absl::StatusOr<MatrixView> View(TensorRole role) const;
  // float32, [n], of values in the compute type.
  absl::StatusOr<at::Tensor> Vector(TensorRole role) const;
  // Unrounded in either mode.
  absl::StatusOr<at::Tensor> Float32Vector(TensorRole role) const;

 private:
  const ModelWeights weights_;
  const Arithmetic& arithmetic_;
  const int64_t layer_;
  const int64_t expert_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_WEIGHT_LOADER_H_
