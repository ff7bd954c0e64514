#include "coordinator/planning/model_shape.h"

#include <algorithm>
#include <utility>

#include "models/checkpoint/model_weights.h"
#include "models/config/tensor_role.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int64_t kTypicalKeys = 256;
// LinkBytes (runtime/tensor/packet.h) counts as much for a row's header.
constexpr int64_t kRowHeaderBytes = 64;

absl::StatusOr<LayerShape> LayerOf(const ModelWeights& weights, int64_t layer) {
  const ModelConfig& config = weights.config();
  LayerShape shape;
  shape.experts = static_cast<int>(config.Experts(layer));
  shape.top_k = static_cast<int>(config.ExpertsPerToken(layer));
  SPACEMOE_ASSIGN_OR_RETURN(shape.gateway.bytes, weights.GatewayBytes(layer));
  shape.gateway.flops = GatewayFlops(config, layer, kTypicalKeys);
  for (int64_t e = 0; e < config.Experts(layer); ++e) {
    SPACEMOE_ASSIGN_OR_RETURN(const int64_t bytes,
                              weights.ExpertBytes(layer, e));
    shape.expert.bytes = std::max(shape.expert.bytes, bytes);
  }
  shape.expert.flops = ExpertFlops(config, layer);
  return shape;
}

// Of attention: products with a key and with a value.
double FlopsPerKey(const ModelConfig& config) {
  if (!config.latent) return 4.0 * config.heads * config.head_dim;
  return 2.0 * config.heads *
         (config.latent->cache_width() + config.latent->kv_rank);
}

bool HasSharedPart(const ModelConfig& config) {
  for (int64_t l = 0; l < config.layers; ++l) {
    if (config.SharedWidth(l) > 0) return true;
  }
  return false;
}

void SetRowBytes(const ModelConfig& config, bool bfloat16, ModelShape* shape) {
  const int64_t vector = config.hidden_size * (bfloat16 ? 2 : 4);
  const int64_t residual_vectors = HasSharedPart(config) ? 2 : 1;
  shape->residual_bytes = residual_vectors * vector + kRowHeaderBytes;
  shape->dispatch_bytes = vector + kRowHeaderBytes;
  shape->output_bytes = vector + kRowHeaderBytes;
}

}  // namespace

int64_t KvBytesPerPosition(const ModelConfig& config) {
  return (config.CachedKeyWidth() + config.CachedValueWidth()) * 4;
}

double GatewayFlops(const ModelConfig& config, int64_t layer, int64_t keys) {
  double matrices = 0;
  for (const TensorRole role : GatewayRoles(config, layer)) {
    if (IsNormRole(role) || IsBiasRole(role)) continue;
    const MatrixShape shape = ExpectedShape(role, config, layer);
    matrices +=
        static_cast<double>(shape.rows) * static_cast<double>(shape.cols);
  }
  return 2 * matrices + static_cast<double>(keys) * FlopsPerKey(config);
}

double ExpertFlops(const ModelConfig& config, int64_t layer) {
  int64_t width = 0;
  for (int64_t e = 0; e < config.Experts(layer); ++e) {
    width = std::max(width, config.ExpertWidth(layer, e));
  }
  return 6.0 * config.hidden_size * width;
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
