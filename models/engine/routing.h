// From a router's logits to experts and weights.
#ifndef SPACEMOE_MODELS_ENGINE_ROUTING_H_
#define SPACEMOE_MODELS_ENGINE_ROUTING_H_

#include <cstdint>

#include "models/config/model_config.h"
#include "models/engine/arithmetic.h"
#include "models/roles/roles.h"

namespace spacemoe {

struct RoutingRule {
  RoutingKind kind = RoutingKind::kTopKSoftmax;
  int64_t experts = 0;
  int64_t top_k = 0;
};

// Routes one row. logits: [experts], overwritten. Among equal scores the
// smaller id is chosen first (torch.topk leaves that open); a NaN is chosen
// last. The weights of kTopKSoftmax are rounded to the compute type, those of
// kSoftmaxTopKRenormalise stay float32, as in transformers' Granite and
// Mixtral.
Routing Route(const RoutingRule& rule, Arithmetic& arithmetic, float* logits);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_ROUTING_H_
