#include "coordinator/planning/model_shape.h"

#include <utility>

#include "models/checkpoint/model_weights.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int64_t kTypicalKeys = 256;
// LinkBytes (runtime/tensor/packet.h) counts as much for a row's header.
constexpr int64_t kRowHeaderBytes = 64;

absl::StatusOr<LayerShape> LayerOf(const ModelWeights& weights, int64_t layer) {
  const ModelConfig& config = weights.config();
  LayerShape shape;
  shape.experts = static_cast<int>(config.experts);
  shape.top_k = static_cast<int>(config.experts_per_token);
  SPACEMOE_ASSIGN_OR_RETURN(shape.gateway.bytes, weights.GatewayBytes(layer));
  shape.gateway.flops = GatewayFlops(config, kTypicalKeys);
  if (shape.experts == 0) return shape;
  SPACEMOE_ASSIGN_OR_RETURN(shape.expert.bytes, weights.ExpertBytes(layer, 0));
  shape.expert.flops = ExpertFlops(config);
  return shape;
}

void SetRowBytes(const ModelConfig& config, bool bfloat16, ModelShape* shape) {
  const int64_t vector = config.hidden_size * (bfloat16 ? 2 : 4);
  const int64_t residual_vectors = config.shared_width > 0 ? 2 : 1;
  shape->residual_bytes = residual_vectors * vector + kRowHeaderBytes;
  shape->dispatch_bytes = vector + kRowHeaderBytes;
  shape->output_bytes = vector + kRowHeaderBytes;
}

}  // namespace

int64_t KvBytesPerPosition(const ModelConfig& config) {
  return 2 * config.kv_heads * config.head_dim * 4;
}

double GatewayFlops(const ModelConfig& config, int64_t keys) {
  const double hidden = config.hidden_size;
  const double query = config.heads * config.head_dim;
  const double key_value = config.kv_heads * config.head_dim;
  const double projections = 2 * hidden * (2 * query + 2 * key_value);
  const double attention = 4 * query * keys;
  const double router = 2 * hidden * config.experts;
  return projections + attention + router + 6 * hidden * config.shared_width;
}

double ExpertFlops(const ModelConfig& config) {
  return 6.0 * config.hidden_size * config.expert_width;
}

double HeadFlops(const ModelConfig& config) {
  return 2.0 * config.hidden_size * config.vocab_size;
}

absl::StatusOr<ModelShape> ShapeOf(const Checkpoint& checkpoint,
                                   bool bfloat16) {
  const ModelWeights weights(checkpoint);
  SPACEMOE_RETURN_IF_ERROR(weights.Validate());
  ModelShape shape;
  shape.family = checkpoint.config().family;
  for (int64_t layer = 0; layer < checkpoint.config().layers; ++layer) {
    SPACEMOE_ASSIGN_OR_RETURN(LayerShape one, LayerOf(weights, layer));
    shape.layers.push_back(std::move(one));
  }
  SPACEMOE_ASSIGN_OR_RETURN(shape.head.bytes, weights.HeadBytes());
  shape.head.flops = HeadFlops(checkpoint.config());
  SetRowBytes(checkpoint.config(), bfloat16, &shape);
  return shape;
}

}  // namespace spacemoe
