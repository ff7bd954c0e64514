#include "models/config/families/granite_fields.h"

#include "models/config/families/common_names.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// Gate and up projections fused, gate first.
constexpr TensorName kSparseBlock[] = {
    {TensorRole::kRouter,
     "model.layers.{layer}.block_sparse_moe.router.layer.weight"},
    {TensorRole::kExpertGate,
     "model.layers.{layer}.block_sparse_moe.input_linear.weight", 0, 2},
    {TensorRole::kExpertUp,
     "model.layers.{layer}.block_sparse_moe.input_linear.weight", 1, 2},
    {TensorRole::kExpertDown,
     "model.layers.{layer}.block_sparse_moe.output_linear.weight"},
};

// As quantised folders have them, one by one.
constexpr char kSplitGate[] =
    "model.layers.{layer}.block_sparse_moe.experts.{expert}.gate_proj.weight";
constexpr char kSplitUp[] =
    "model.layers.{layer}.block_sparse_moe.experts.{expert}.up_proj.weight";
constexpr char kSplitDown[] =
    "model.layers.{layer}.block_sparse_moe.experts.{expert}.down_proj.weight";
constexpr TensorName kSplitExperts[] = {
    {TensorRole::kExpertGate, kSplitGate},
    {TensorRole::kExpertUp, kSplitUp},
    {TensorRole::kExpertDown, kSplitDown},
};

constexpr TensorName kGguf[] = {
    {TensorRole::kTokenEmbedding, "token_embd.weight"},
    {TensorRole::kFinalNorm, "output_norm.weight"},
    {TensorRole::kLmHead, "output.weight"},
    {TensorRole::kAttentionNorm, "blk.{layer}.attn_norm.weight"},
    {TensorRole::kQuery, "blk.{layer}.attn_q.weight", 0, 1,
     RowOrder::kPermutedHeads},
    {TensorRole::kKey, "blk.{layer}.attn_k.weight", 0, 1,
     RowOrder::kPermutedHeads},
    {TensorRole::kValue, "blk.{layer}.attn_v.weight"},
    {TensorRole::kAttentionOutput, "blk.{layer}.attn_output.weight"},
    {TensorRole::kQueryBias, "blk.{layer}.attn_q.bias", 0, 1,
     RowOrder::kPermutedHeads},
    {TensorRole::kKeyBias, "blk.{layer}.attn_k.bias", 0, 1,
     RowOrder::kPermutedHeads},
    {TensorRole::kValueBias, "blk.{layer}.attn_v.bias"},
    {TensorRole::kAttentionOutputBias, "blk.{layer}.attn_output.bias"},
    {TensorRole::kFfnNorm, "blk.{layer}.ffn_norm.weight"},
    {TensorRole::kRouter, "blk.{layer}.ffn_gate_inp.weight"},
    {TensorRole::kExpertGate, "blk.{layer}.ffn_gate_exps.weight"},
    {TensorRole::kExpertUp, "blk.{layer}.ffn_up_exps.weight"},
    {TensorRole::kExpertDown, "blk.{layer}.ffn_down_exps.weight"},
    {TensorRole::kSharedGate, "blk.{layer}.ffn_gate_shexp.weight"},
    {TensorRole::kSharedUp, "blk.{layer}.ffn_up_shexp.weight"},
    {TensorRole::kSharedDown, "blk.{layer}.ffn_down_shexp.weight"},
};

}  // namespace

std::span<const TensorName> GraniteNames() {
  static const std::vector<TensorName> kNames =
      Together({ModelNames(), PreNormNames(), AttentionNames(), kSparseBlock,
                kSplitExperts});
  return kNames;
}

std::span<const TensorName> GraniteGgufNames() { return kGguf; }

// transformers' defaults are all 1, for attention too.
absl::Status ReadGraniteFields(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.expert_width,
                            fields.Int("intermediate_size"));
  SPACEMOE_ASSIGN_OR_RETURN(config.attention_scale,
                            fields.PositiveOr("attention_multiplier", 1.0));
  SPACEMOE_ASSIGN_OR_RETURN(config.embedding_multiplier,
                            fields.PositiveOr("embedding_multiplier", 1.0));
  SPACEMOE_ASSIGN_OR_RETURN(config.residual_multiplier,
                            fields.PositiveOr("residual_multiplier", 1.0));
  SPACEMOE_ASSIGN_OR_RETURN(config.logits_scaling,
                            fields.PositiveOr("logits_scaling", 1.0));
  SPACEMOE_ASSIGN_OR_RETURN(config.attention_bias,
                            fields.BoolOr("attention_bias", false));
  config.output_bias = config.attention_bias;
  return absl::OkStatus();
}

void WriteGraniteFields(const ModelConfig& config, nlohmann::json& json) {
  json["intermediate_size"] = config.expert_width;
  json["attention_multiplier"] = config.attention_scale;
  json["embedding_multiplier"] = config.embedding_multiplier;
  json["residual_multiplier"] = config.residual_multiplier;
  json["logits_scaling"] = config.logits_scaling;
  json["attention_bias"] = config.attention_bias;
}

// llama.cpp's defaults: no multiplier; attention keeps head_dim^-0.5.
absl::Status ReadGraniteGgufFields(const FieldReader& fields,
                                   ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.expert_width,
                            fields.Int("feed_forward_length"));
  SPACEMOE_ASSIGN_OR_RETURN(
      config.attention_scale,
      fields.PositiveOr("attention.scale", config.attention_scale));
  SPACEMOE_ASSIGN_OR_RETURN(config.embedding_multiplier,
                            fields.PositiveOr("embedding_scale", 1.0));
  SPACEMOE_ASSIGN_OR_RETURN(config.residual_multiplier,
                            fields.PositiveOr("residual_scale", 1.0));
  SPACEMOE_ASSIGN_OR_RETURN(config.logits_scaling,
                            fields.PositiveOr("logit_scale", 1.0));
  // llama.cpp takes false for "no rotation at all" here.
  return fields.RequireBool("rope.scaling.finetuned", true);
}

}  // namespace spacemoe
