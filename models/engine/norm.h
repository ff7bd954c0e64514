// Loads the weights of a norm.
#ifndef SPACEMOE_MODELS_ENGINE_NORM_H_
#define SPACEMOE_MODELS_ENGINE_NORM_H_

#include "absl/status/statusor.h"
#include "models/config/model_config.h"
#include "models/config/tensor_role.h"
#include "models/engine/arithmetic.h"
#include "models/engine/weight_loader.h"

namespace spacemoe {

// A norm of the residual stream, of the config's kind; `bias` is the role of a
// LayerNorm's bias.
absl::StatusOr<NormWeights> LoadNorm(const ModelConfig& config,
                                     const WeightLoader& loader,
                                     TensorRole weight, TensorRole bias);

// An RMS norm, whatever the residual stream's are.
absl::StatusOr<NormWeights> LoadRmsNorm(const WeightLoader& loader,
                                        TensorRole weight, double eps);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_NORM_H_
