#include "models/engine/router.h"

#include <cmath>

#include "models/kernels/kernels.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {

absl::StatusOr<Router> Router::Load(const ModelConfig& config, int64_t layer,
                                    const WeightLoader& loader) {
  Router router;
  router.shape_ = {config.routing, config.Experts(layer),
                   config.ExpertsPerToken(layer)};
  SPACEMOE_ASSIGN_OR_RETURN(router.weight_, loader.Matrix(TensorRole::kRouter));
  if (config.routing.two_layers) {
    SPACEMOE_ASSIGN_OR_RETURN(router.second_,
                              loader.Matrix(TensorRole::kRouterOutput));
  }
  if (config.routing.logit_bias) {
    SPACEMOE_ASSIGN_OR_RETURN(router.bias_,
                              loader.Vector(TensorRole::kRouterBias));
  }
  if (config.routing.correction_bias) {
    SPACEMOE_ASSIGN_OR_RETURN(
        router.correction_,
        loader.Float32Vector(TensorRole::kRouterCorrection));
    router.shape_.correction = router.correction_.data_ptr<float>();
  }
  return router;
}

float* Router::Logits(const float* x, int64_t rows,
                      EngineContext& context) const {
  Arithmetic& arithmetic = *context.arithmetic;
  const int64_t count = rows * shape_.experts;
  float* logits = context.workspace.Floats(Buffer::kRouterLogits, count);
  arithmetic.Multiply({{&weight_, x, rows, logits, BiasData(bias_),
                        shape_.rule.float32_logits}});
  if (!shape_.rule.two_layers) return logits;
  // In double precision, so that the bits do not depend on the C library.
  for (int64_t i = 0; i < count; ++i) {
    logits[i] = static_cast<float>(std::tanh(double{logits[i]}));
  }
  if (arithmetic.bfloat16()) kernels::RoundToBf16(logits, count);
  float* out = context.workspace.Floats(Buffer::kRouterOutput, count);
  arithmetic.Multiply({{&second_, logits, rows, out}});
  return out;
}

double Router::Flops() const {
  const auto experts = static_cast<double>(shape_.experts);
  const double second = shape_.rule.two_layers ? 2.0 * experts * experts : 0;
  return 2.0 * experts * static_cast<double>(weight_.cols()) + second;
}

}  // namespace spacemoe
