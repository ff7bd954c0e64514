// A layer's router with its weights.
#ifndef SPACEMOE_MODELS_ENGINE_ROUTER_H_
#define SPACEMOE_MODELS_ENGINE_ROUTER_H_

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "models/config/model_config.h"
#include "models/engine/engine_context.h"
#include "models/engine/routing.h"
#include "models/engine/weight_loader.h"

namespace spacemoe {

// Thread-compatible.
class Router {
 public:
  static absl::StatusOr<Router> Load(const ModelConfig& config, int64_t layer,
                                     const WeightLoader& loader);

  // Logits of x [rows, hidden]: [rows, experts], valid until the next call.
  float* Logits(const float* x, int64_t rows, EngineContext& context) const;

  const RouterShape& shape() const { return shape_; }
  // Of one row.
  double Flops() const;

 private:
  RouterShape shape_;
  Weight weight_;          // [experts, hidden]
  Weight second_;          // [experts, experts], if the rule has two layers
  at::Tensor bias_;        // [experts], or undefined
  at::Tensor correction_;  // likewise; float32 in either mode
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_ROUTER_H_
