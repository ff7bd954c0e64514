#include "models/config/families/gguf_names.h"

namespace spacemoe {
namespace {

constexpr TensorName kNames[] = {
    {TensorRole::kTokenEmbedding, "token_embd.weight"},
    {TensorRole::kFinalNorm, "output_norm.weight"},
    {TensorRole::kFinalNormBias, "output_norm.bias"},
    {TensorRole::kLmHead, "output.weight"},
    {TensorRole::kLmHeadBias, "output.bias"},
    {TensorRole::kAttentionNorm, "blk.{layer}.attn_norm.weight"},
    {TensorRole::kAttentionNormBias, "blk.{layer}.attn_norm.bias"},
    {TensorRole::kQuery, "blk.{layer}.attn_q.weight"},
    {TensorRole::kKey, "blk.{layer}.attn_k.weight"},
    {TensorRole::kValue, "blk.{layer}.attn_v.weight"},
    {TensorRole::kAttentionOutput, "blk.{layer}.attn_output.weight"},
    {TensorRole::kQueryBias, "blk.{layer}.attn_q.bias"},
    {TensorRole::kKeyBias, "blk.{layer}.attn_k.bias"},
    {TensorRole::kValueBias, "blk.{layer}.attn_v.bias"},
    {TensorRole::kAttentionOutputBias, "blk.{layer}.attn_output.bias"},
    {TensorRole::kQueryNorm, "blk.{layer}.attn_q_norm.weight"},
    {TensorRole::kKeyNorm, "blk.{layer}.attn_k_norm.weight"},
    {TensorRole::kSinks, "blk.{layer}.attn_sinks.weight"},
    {TensorRole::kQueryDown, "blk.{layer}.attn_q_a.weight"},
    {TensorRole::kQueryLatentNorm, "blk.{layer}.attn_q_a_norm.weight"},
    {TensorRole::kQueryUp, "blk.{layer}.attn_q_b.weight"},
    {TensorRole::kKeyValueDown, "blk.{layer}.attn_kv_a_mqa.weight"},
    {TensorRole::kLatentNorm, "blk.{layer}.attn_kv_a_norm.weight"},
    {TensorRole::kKeyValueUp, "blk.{layer}.attn_kv_b.weight"},
    {TensorRole::kLatentKeyUp, "blk.{layer}.attn_k_b.weight"},
    {TensorRole::kLatentValueUp, "blk.{layer}.attn_v_b.weight"},
    {TensorRole::kFfnNorm, "blk.{layer}.ffn_norm.weight"},
    {TensorRole::kFfnNorm, "blk.{layer}.post_attention_norm.weight"},
    {TensorRole::kFfnNormBias, "blk.{layer}.ffn_norm.bias"},
    {TensorRole::kRouter, "blk.{layer}.ffn_gate_inp.weight"},
    {TensorRole::kRouterBias, "blk.{layer}.ffn_gate_inp.bias"},
    {TensorRole::kRouterCorrection, "blk.{layer}.exp_probs_b.bias"},
    {TensorRole::kSharedGate, "blk.{layer}.ffn_gate_shexp.weight"},
    {TensorRole::kSharedUp, "blk.{layer}.ffn_up_shexp.weight"},
    {TensorRole::kSharedDown, "blk.{layer}.ffn_down_shexp.weight"},
    {TensorRole::kSharedWeight, "blk.{layer}.ffn_gate_inp_shexp.weight"},
    {TensorRole::kDenseGate, "blk.{layer}.ffn_gate.weight"},
    {TensorRole::kDenseUp, "blk.{layer}.ffn_up.weight"},
    {TensorRole::kDenseDown, "blk.{layer}.ffn_down.weight"},
    {TensorRole::kExpertGate, "blk.{layer}.ffn_gate_exps.weight"},
    {TensorRole::kExpertUp, "blk.{layer}.ffn_up_exps.weight"},
    {TensorRole::kExpertDown, "blk.{layer}.ffn_down_exps.weight"},
    {TensorRole::kExpertGate, "blk.{layer}.ffn_gate_up_exps.weight", 0, 2},
    {TensorRole::kExpertUp, "blk.{layer}.ffn_gate_up_exps.weight", 1, 2},
    {TensorRole::kExpertGateBias, "blk.{layer}.ffn_gate_exps.bias"},
    {TensorRole::kExpertUpBias, "blk.{layer}.ffn_up_exps.bias"},
    {TensorRole::kExpertDownBias, "blk.{layer}.ffn_down_exps.bias"},
};

}  // namespace

std::span<const TensorName> GgufNames() { return kNames; }

}  // namespace spacemoe
