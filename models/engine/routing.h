// From a router's logits to experts and weights.
#ifndef SPACEMOE_MODELS_ENGINE_ROUTING_H_
#define SPACEMOE_MODELS_ENGINE_ROUTING_H_

#include <cstdint>

#include "models/config/routing_rule.h"
#include "models/engine/arithmetic.h"
#include "models/roles/roles.h"

namespace spacemoe {

struct RouterShape {
  RoutingRule rule;
  int64_t experts = 0;
  int64_t top_k = 0;
  const float* correction = nullptr;  // [experts], if the rule has it
};

// Routes one row. logits: [experts], overwritten. Among equal scores the
// smaller id is chosen first (torch.topk leaves that open); a NaN is chosen
// last. The weights of kTopKSoftmax and kTopKSigmoid are rounded to the compute
// type, the others stay float32, as in transformers.
Routing Route(const RouterShape& shape, Arithmetic& arithmetic, float* logits);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_ROUTING_H_
