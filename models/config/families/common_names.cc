#include "models/config/families/common_names.h"

namespace spacemoe {
namespace {

constexpr TensorName kModel[] = {
    {TensorRole::kTokenEmbedding, "model.embed_tokens.weight"},
    {TensorRole::kFinalNorm, "model.norm.weight"},
    {TensorRole::kFinalNormBias, "model.norm.bias"},
    {TensorRole::kLmHead, "lm_head.weight"},
    {TensorRole::kLmHeadBias, "lm_head.bias"},
};

constexpr TensorName kPreNorm[] = {
    {TensorRole::kAttentionNorm, "model.layers.{layer}.input_layernorm.weight"},
    {TensorRole::kAttentionNormBias,
     "model.layers.{layer}.input_layernorm.bias"},
    {TensorRole::kFfnNorm,
     "model.layers.{layer}.post_attention_layernorm.weight"},
    {TensorRole::kFfnNormBias,
     "model.layers.{layer}.post_attention_layernorm.bias"},
};

constexpr TensorName kAttention[] = {
    {TensorRole::kQuery, "model.layers.{layer}.self_attn.q_proj.weight"},
    {TensorRole::kKey, "model.layers.{layer}.self_attn.k_proj.weight"},
    {TensorRole::kValue, "model.layers.{layer}.self_attn.v_proj.weight"},
    {TensorRole::kAttentionOutput,
     "model.layers.{layer}.self_attn.o_proj.weight"},
    {TensorRole::kQueryBias, "model.layers.{layer}.self_attn.q_proj.bias"},
    {TensorRole::kKeyBias, "model.layers.{layer}.self_attn.k_proj.bias"},
    {TensorRole::kValueBias, "model.layers.{layer}.self_attn.v_proj.bias"},
    {TensorRole::kAttentionOutputBias,
     "model.layers.{layer}.self_attn.o_proj.bias"},
};

constexpr TensorName kQkNorm[] = {
    {TensorRole::kQueryNorm, "model.layers.{layer}.self_attn.q_norm.weight"},
    {TensorRole::kKeyNorm, "model.layers.{layer}.self_attn.k_norm.weight"},
};

constexpr TensorName kLatentAttention[] = {
    {TensorRole::kQuery, "model.layers.{layer}.self_attn.q_proj.weight"},
    {TensorRole::kQueryDown, "model.layers.{layer}.self_attn.q_a_proj.weight"},
    {TensorRole::kQueryDownBias,
     "model.layers.{layer}.self_attn.q_a_proj.bias"},
    {TensorRole::kQueryLatentNorm,
     "model.layers.{layer}.self_attn.q_a_layernorm.weight"},
    {TensorRole::kQueryUp, "model.layers.{layer}.self_attn.q_b_proj.weight"},
    {TensorRole::kKeyValueDown,
     "model.layers.{layer}.self_attn.kv_a_proj_with_mqa.weight"},
    {TensorRole::kKeyValueDownBias,
     "model.layers.{layer}.self_attn.kv_a_proj_with_mqa.bias"},
    {TensorRole::kLatentNorm,
     "model.layers.{layer}.self_attn.kv_a_layernorm.weight"},
    {TensorRole::kKeyValueUp,
     "model.layers.{layer}.self_attn.kv_b_proj.weight"},
    {TensorRole::kAttentionOutput,
     "model.layers.{layer}.self_attn.o_proj.weight"},
    {TensorRole::kAttentionOutputBias,
     "model.layers.{layer}.self_attn.o_proj.bias"},
};

constexpr TensorName kDense[] = {
    {TensorRole::kDenseGate, "model.layers.{layer}.mlp.gate_proj.weight"},
    {TensorRole::kDenseUp, "model.layers.{layer}.mlp.up_proj.weight"},
    {TensorRole::kDenseDown, "model.layers.{layer}.mlp.down_proj.weight"},
    {TensorRole::kDenseGateBias, "model.layers.{layer}.mlp.gate_proj.bias"},
    {TensorRole::kDenseUpBias, "model.layers.{layer}.mlp.up_proj.bias"},
    {TensorRole::kDenseDownBias, "model.layers.{layer}.mlp.down_proj.bias"},
};

constexpr TensorName kExperts[] = {
    {TensorRole::kExpertGate,
     "model.layers.{layer}.mlp.experts.{expert}.gate_proj.weight"},
    {TensorRole::kExpertUp,
     "model.layers.{layer}.mlp.experts.{expert}.up_proj.weight"},
    {TensorRole::kExpertDown,
     "model.layers.{layer}.mlp.experts.{expert}.down_proj.weight"},
};

constexpr TensorName kBlockSparseExperts[] = {
    {TensorRole::kExpertGate,
     "model.layers.{layer}.block_sparse_moe.experts.{expert}.w1.weight"},
    {TensorRole::kExpertUp,
     "model.layers.{layer}.block_sparse_moe.experts.{expert}.w3.weight"},
    {TensorRole::kExpertDown,
     "model.layers.{layer}.block_sparse_moe.experts.{expert}.w2.weight"},
};

constexpr TensorName kRouter[] = {
    {TensorRole::kRouter, "model.layers.{layer}.mlp.gate.weight"},
};

constexpr TensorName kRouterCorrection[] = {
    {TensorRole::kRouterCorrection,
     "model.layers.{layer}.mlp.gate.e_score_correction_bias"},
};

constexpr TensorName kSharedExperts[] = {
    {TensorRole::kSharedGate,
     "model.layers.{layer}.mlp.shared_experts.gate_proj.weight"},
    {TensorRole::kSharedUp,
     "model.layers.{layer}.mlp.shared_experts.up_proj.weight"},
    {TensorRole::kSharedDown,
     "model.layers.{layer}.mlp.shared_experts.down_proj.weight"},
    {TensorRole::kSharedGateBias,
     "model.layers.{layer}.mlp.shared_experts.gate_proj.bias"},
    {TensorRole::kSharedUpBias,
     "model.layers.{layer}.mlp.shared_experts.up_proj.bias"},
    {TensorRole::kSharedDownBias,
     "model.layers.{layer}.mlp.shared_experts.down_proj.bias"},
};

}  // namespace

std::span<const TensorName> ModelNames() { return kModel; }

std::span<const TensorName> PreNormNames() { return kPreNorm; }

std::span<const TensorName> AttentionNames() { return kAttention; }

std::span<const TensorName> QkNormNames() { return kQkNorm; }

std::span<const TensorName> LatentAttentionNames() { return kLatentAttention; }

std::span<const TensorName> DenseNames() { return kDense; }

std::span<const TensorName> ExpertNames() { return kExperts; }

std::span<const TensorName> BlockSparseExpertNames() {
  return kBlockSparseExperts;
}

std::span<const TensorName> RouterNames() { return kRouter; }

std::span<const TensorName> RouterCorrectionNames() {
  return kRouterCorrection;
}

std::span<const TensorName> SharedExpertsNames() { return kSharedExperts; }

std::vector<std::string> WithPrefix(const std::string& prefix,
                                    std::span<const TensorName> names) {
  std::vector<std::string> patterns;
  for (const TensorName& name : names) {
    patterns.push_back(prefix + std::string(name.pattern));
  }
  return patterns;
}

std::vector<TensorName> Renamed(std::span<const TensorName> names,
                                const std::vector<std::string>& patterns) {
  std::vector<TensorName> renamed(names.begin(), names.end());
  for (std::size_t i = 0; i < renamed.size(); ++i) {
    renamed[i].pattern = patterns[i];
  }
  return renamed;
}

std::vector<TensorName> Together(
    std::initializer_list<std::span<const TensorName>> tables) {
  std::vector<TensorName> all;
  for (const auto table : tables) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

}  // namespace spacemoe
