#include "models/engine/gateway_weights.h"

#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status LoadAttention(const WeightLoader& loader, GatewayWeights& w) {
  SPACEMOE_ASSIGN_OR_RETURN(w.attention_norm,
                            loader.Vector(TensorRole::kAttentionNorm));
  SPACEMOE_ASSIGN_OR_RETURN(w.q, loader.Matrix(TensorRole::kQuery));
  SPACEMOE_ASSIGN_OR_RETURN(w.k, loader.Matrix(TensorRole::kKey));
  SPACEMOE_ASSIGN_OR_RETURN(w.v, loader.Matrix(TensorRole::kValue));
  SPACEMOE_ASSIGN_OR_RETURN(w.o, loader.Matrix(TensorRole::kAttentionOutput));
  return absl::OkStatus();
}

absl::Status LoadBiases(const WeightLoader& loader, GatewayWeights& w) {
  SPACEMOE_ASSIGN_OR_RETURN(w.q_bias, loader.Vector(TensorRole::kQueryBias));
  SPACEMOE_ASSIGN_OR_RETURN(w.k_bias, loader.Vector(TensorRole::kKeyBias));
  SPACEMOE_ASSIGN_OR_RETURN(w.v_bias, loader.Vector(TensorRole::kValueBias));
  SPACEMOE_ASSIGN_OR_RETURN(w.o_bias,
                            loader.Vector(TensorRole::kAttentionOutputBias));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<GatewayWeights> LoadGateway(const ModelConfig& config,
                                           const WeightLoader& loader) {
  GatewayWeights w;
  SPACEMOE_RETURN_IF_ERROR(LoadAttention(loader, w));
  if (config.attention_bias) SPACEMOE_RETURN_IF_ERROR(LoadBiases(loader, w));
  SPACEMOE_ASSIGN_OR_RETURN(w.ffn_norm, loader.Vector(TensorRole::kFfnNorm));
  SPACEMOE_ASSIGN_OR_RETURN(w.router, loader.Matrix(TensorRole::kRouter));
  if (config.shared_width > 0) {
    SPACEMOE_ASSIGN_OR_RETURN(w.shared, LoadSharedPart(loader));
  }
  return w;
}

}  // namespace spacemoe
