#include "models/engine/weight_loader.h"

#include "runtime/base/status_macros.h"

namespace spacemoe {

absl::StatusOr<Weight> WeightLoader::Matrix(TensorRole role) const {
  SPACEMOE_ASSIGN_OR_RETURN(const MatrixView view,
                            weights_.Get(role, layer_, expert_));
  return arithmetic_.Prepare(view);
}

absl::StatusOr<at::Tensor> WeightLoader::Vector(TensorRole role) const {
  SPACEMOE_ASSIGN_OR_RETURN(const MatrixView view,
                            weights_.Get(role, layer_, expert_));
  return VectorTensor(view, arithmetic_.bfloat16());
}

}  // namespace spacemoe
