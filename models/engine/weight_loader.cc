#include "models/engine/weight_loader.h"

#include "runtime/base/status_macros.h"

namespace spacemoe {

absl::StatusOr<MatrixView> WeightLoader::View(TensorRole role) const {
  return weights_.Get(role, layer_, expert_);
}

absl::StatusOr<Weight> WeightLoader::Matrix(TensorRole role) const {
  SPACEMOE_ASSIGN_OR_RETURN(const MatrixView view, View(role));
  return arithmetic_.Prepare(view);
}

absl::StatusOr<at::Tensor> WeightLoader::Vector(TensorRole role) const {
  SPACEMOE_ASSIGN_OR_RETURN(const MatrixView view, View(role));
  return VectorTensor(view, arithmetic_.bfloat16());
}

absl::StatusOr<at::Tensor> WeightLoader::Float32Vector(TensorRole role) const {
  SPACEMOE_ASSIGN_OR_RETURN(const MatrixView view, View(role));
  return VectorTensor(view, /*round_bf16=*/false);
}

}  // namespace spacemoe
