#include "models/config/tensor_role.h"

namespace spacemoe {
namespace {

MatrixShape LatentShape(TensorRole role, const ModelConfig& c) {
  const LatentAttention latent = c.latent.value_or(LatentAttention());
  switch (role) {
    case TensorRole::kQueryDown:
      return {latent.query_rank, c.hidden_size};
    case TensorRole::kQueryDownBias:
      return {latent.query_rank, 1};
    case TensorRole::kQueryLatentNorm:
      return {1, latent.query_rank};
    case TensorRole::kQueryUp:
      return {c.QueryWidth(), latent.query_rank};
    case TensorRole::kKeyValueDown:
      return {latent.cache_width(), c.hidden_size};
    case TensorRole::kKeyValueDownBias:
      return {latent.cache_width(), 1};
    case TensorRole::kLatentNorm:
      return {1, latent.kv_rank};
    case TensorRole::kLatentKeyUp:
      return {c.heads * latent.kv_rank, latent.nope_dim};
    case TensorRole::kLatentValueUp:
      return {c.heads * latent.value_dim, latent.kv_rank};
    default:  // kKeyValueUp
      return {c.heads * (latent.nope_dim + latent.value_dim), latent.kv_rank};
  }
}

MatrixShape AttentionShape(TensorRole role, const ModelConfig& c) {
  const bool whole = c.qk_norm == QkNorm::kWidth;
  switch (role) {
    case TensorRole::kQuery:
      return {c.QueryWidth(), c.hidden_size};
    case TensorRole::kKey:
    case TensorRole::kValue:
      return {c.KeyWidth(), c.hidden_size};
    case TensorRole::kAttentionOutput:
      return {c.hidden_size, c.AttendedWidth()};
    case TensorRole::kQueryBias:
      return {c.QueryWidth(), 1};
    case TensorRole::kKeyBias:
    case TensorRole::kValueBias:
      return {c.KeyWidth(), 1};
    case TensorRole::kAttentionOutputBias:
      return {c.hidden_size, 1};
    case TensorRole::kQueryNorm:
      return {1, whole ? c.QueryWidth() : c.head_dim};
    case TensorRole::kKeyNorm:
      return {1, whole ? c.KeyWidth() : c.head_dim};
    case TensorRole::kSinks:
      return {1, c.heads};
    default:
      return LatentShape(role, c);
  }
}

// A block of three matrices with biases: gate, up, down.
MatrixShape BlockShape(int index, std::int64_t width, std::int64_t hidden) {
  switch (index) {
    case 0:
    case 1:
      return {width, hidden};
    case 2:
      return {hidden, width};
    case 3:
    case 4:
      return {width, 1};
    default:
      return {hidden, 1};
  }
}

int Distance(TensorRole role, TensorRole first) {
  return static_cast<int>(role) - static_cast<int>(first);
}

MatrixShape FeedForwardShape(TensorRole role, const ModelConfig& c,
                             std::int64_t layer, std::int64_t expert) {
  if (role >= TensorRole::kExpertGate) {
    return BlockShape(Distance(role, TensorRole::kExpertGate),
                      c.ExpertWidth(layer, expert), c.hidden_size);
  }
  if (role >= TensorRole::kDenseGate) {
    return BlockShape(Distance(role, TensorRole::kDenseGate), c.dense_width,
                      c.hidden_size);
  }
  return BlockShape(Distance(role, TensorRole::kSharedGate),
                    c.SharedWidth(layer), c.hidden_size);
}

}  // namespace

MatrixShape ExpectedShape(TensorRole role, const ModelConfig& c,
                          std::int64_t layer, std::int64_t expert) {
  switch (role) {
    case TensorRole::kTokenEmbedding:
    case TensorRole::kLmHead:
      return {c.vocab_size, c.hidden_size};
    case TensorRole::kLmHeadBias:
      return {c.vocab_size, 1};
    case TensorRole::kFinalNorm:
    case TensorRole::kFinalNormBias:
    case TensorRole::kAttentionNorm:
    case TensorRole::kAttentionNormBias:
    case TensorRole::kPostAttentionNorm:
    case TensorRole::kFfnNorm:
    case TensorRole::kFfnNormBias:
    case TensorRole::kPostFfnNorm:
    case TensorRole::kSharedWeight:
      return {1, c.hidden_size};
    case TensorRole::kRouter:
      return {c.experts, c.hidden_size};
    case TensorRole::kRouterBias:
      return {c.experts, 1};
    case TensorRole::kRouterOutput:
      return {c.experts, c.experts};
    case TensorRole::kRouterCorrection:
      return {1, c.experts};
    default:
      break;
  }
  if (role < TensorRole::kPostAttentionNorm) return AttentionShape(role, c);
  return FeedForwardShape(role, c, layer, expert);
}

}  // namespace spacemoe
