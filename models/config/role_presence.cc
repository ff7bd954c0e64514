#include "models/config/role_presence.h"

namespace spacemoe {
namespace {

bool HasHeadRole(TensorRole role, const ModelConfig& c) {
  switch (role) {
    case TensorRole::kFinalNormBias:
      return c.norm == NormKind::kLayer;
    case TensorRole::kLmHead:
      return !c.tie_word_embeddings;
    case TensorRole::kLmHeadBias:
      return c.lm_head_bias;
    default:
      return true;
  }
}

bool HasNormRole(TensorRole role, const ModelConfig& c) {
  switch (role) {
    case TensorRole::kAttentionNormBias:
    case TensorRole::kFfnNormBias:
      return !c.post_norm && c.norm == NormKind::kLayer;
    case TensorRole::kPostAttentionNorm:
    case TensorRole::kPostFfnNorm:
      return c.post_norm;
    default:
      return !c.post_norm;
  }
}

bool HasPlainAttentionRole(TensorRole role, const ModelConfig& c) {
  switch (role) {
    case TensorRole::kQuery:
      return !c.latent || c.latent->query_rank == 0;
    case TensorRole::kKey:
    case TensorRole::kValue:
      return !c.latent;
    case TensorRole::kQueryNorm:
    case TensorRole::kKeyNorm:
      return c.qk_norm != QkNorm::kNone &&
             c.qk_norm != QkNorm::kUnweightedAfterRope;
    default:  // biases of q, k and v
      return !c.latent && c.attention_bias;
  }
}

bool HasLatentRole(TensorRole role, const ModelConfig& c) {
  if (!c.latent) return false;
  switch (role) {
    case TensorRole::kQueryDown:
    case TensorRole::kQueryLatentNorm:
    case TensorRole::kQueryUp:
      return c.latent->query_rank > 0;
    case TensorRole::kQueryDownBias:
      return c.latent->query_rank > 0 && c.attention_bias;
    case TensorRole::kKeyValueDownBias:
      return c.attention_bias;
    case TensorRole::kKeyValueUp:
      return !c.latent->split_up;
    case TensorRole::kLatentKeyUp:
    case TensorRole::kLatentValueUp:
      return c.latent->split_up;
    default:
      return true;
  }
}

bool HasRouterRole(TensorRole role, const ModelConfig& c) {
  switch (role) {
    case TensorRole::kRouterBias:
      return c.routing.logit_bias;
    case TensorRole::kRouterOutput:
      return c.routing.two_layers;
    case TensorRole::kRouterCorrection:
      return c.routing.correction_bias;
    default:
      return true;
  }
}

bool IsBetween(TensorRole role, TensorRole first, TensorRole last) {
  return role >= first && role <= last;
}

bool HasFeedForwardRole(TensorRole role, const ModelConfig& c,
                        std::int64_t layer) {
  const bool dense = c.IsDense(layer);
  if (IsBetween(role, TensorRole::kDenseGate, TensorRole::kDenseDownBias)) {
    return dense && (!IsBiasRole(role) || c.mlp_bias);
  }
  if (dense) return false;
  if (IsBetween(role, TensorRole::kRouter, TensorRole::kRouterCorrection)) {
    return HasRouterRole(role, c);
  }
  if (c.SharedWidth(layer) == 0) return false;
  if (role == TensorRole::kSharedWeight) return c.shared_gate;
  return !IsBiasRole(role) || c.mlp_bias;
}

bool HasGatewayRole(TensorRole role, const ModelConfig& c, std::int64_t layer) {
  switch (role) {
    case TensorRole::kAttentionNorm:
    case TensorRole::kAttentionNormBias:
    case TensorRole::kFfnNorm:
    case TensorRole::kFfnNormBias:
    case TensorRole::kPostAttentionNorm:
    case TensorRole::kPostFfnNorm:
      return HasNormRole(role, c);
    case TensorRole::kAttentionOutput:
      return true;
    case TensorRole::kAttentionOutputBias:
      return c.output_bias;
    case TensorRole::kSinks:
      return c.attention_sinks;
    default:
      break;
  }
  if (IsBetween(role, TensorRole::kQuery, TensorRole::kKeyNorm)) {
    return HasPlainAttentionRole(role, c);
  }
  if (IsBetween(role, TensorRole::kQueryDown, TensorRole::kLatentValueUp)) {
    return HasLatentRole(role, c);
  }
  return HasFeedForwardRole(role, c, layer);
}

}  // namespace

bool HasRole(TensorRole role, const ModelConfig& config, std::int64_t layer) {
  if (IsHeadRole(role)) return HasHeadRole(role, config);
  if (IsExpertRole(role)) return !IsBiasRole(role) || config.expert_bias;
  return HasGatewayRole(role, config, layer);
}

}  // namespace spacemoe
