// The weights of one layer's gateway.
#ifndef SPACEMOE_MODELS_ENGINE_GATEWAY_WEIGHTS_H_
#define SPACEMOE_MODELS_ENGINE_GATEWAY_WEIGHTS_H_

#include <ATen/core/Tensor.h>

#include <optional>

#include "absl/status/statusor.h"
#include "models/config/model_config.h"
#include "models/engine/feed_forward.h"
#include "models/engine/weight_loader.h"

namespace spacemoe {

struct GatewayWeights {
  at::Tensor attention_norm;  // [hidden]
  Weight q;                   // [heads * head_dim, hidden]
  Weight k;                   // [kv_heads * head_dim, hidden]
  Weight v;                   // [kv_heads * head_dim, hidden]
  Weight o;                   // [hidden, heads * head_dim]
  // Undefined without attention_bias.
  at::Tensor q_bias;
  at::Tensor k_bias;
  at::Tensor v_bias;
  at::Tensor o_bias;
  at::Tensor ffn_norm;  // [hidden]
  Weight router;        // [experts, hidden]
  std::optional<FeedForward> shared;
};

absl::StatusOr<GatewayWeights> LoadGateway(const ModelConfig& config,
                                           const WeightLoader& loader);

// A bias as the products take it: null when undefined.
inline const float* BiasData(const at::Tensor& bias) {
  return bias.defined() ? bias.data_ptr<float>() : nullptr;
}

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_GATEWAY_WEIGHTS_H_
