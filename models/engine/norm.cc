#include "models/engine/norm.h"

#include "runtime/base/status_macros.h"

namespace spacemoe {

absl::StatusOr<NormWeights> LoadNorm(const ModelConfig& config,
                                     const WeightLoader& loader,
                                     TensorRole weight, TensorRole bias) {
  NormWeights norm;
  norm.kind = config.norm;
  norm.eps = static_cast<float>(config.rms_norm_eps);
  SPACEMOE_ASSIGN_OR_RETURN(norm.weight, loader.Vector(weight));
  if (norm.kind != NormKind::kLayer) return norm;
  SPACEMOE_ASSIGN_OR_RETURN(norm.bias, loader.Vector(bias));
  return norm;
}

absl::StatusOr<NormWeights> LoadRmsNorm(const WeightLoader& loader,
                                        TensorRole weight, double eps) {
  NormWeights norm;
  norm.eps = static_cast<float>(eps);
  SPACEMOE_ASSIGN_OR_RETURN(norm.weight, loader.Vector(weight));
  return norm;
}

}  // namespace spacemoe
