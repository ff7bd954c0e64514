// GraniteMoe (IBM Granite 3 "a400m", "a800m"): top-k of the router's logits,
// softmax over those; gate and up projections fused, gate first.
#include "models/config/families/families.h"
#include "models/config/families/granite_fields.h"
#include "models/config/field_reader.h"

namespace spacemoe {
namespace {

constexpr TensorName kHuggingFace[] = {
    {TensorRole::kTokenEmbedding, "model.embed_tokens.weight"},
    {TensorRole::kFinalNorm, "model.norm.weight"},
    {TensorRole::kLmHead, "lm_head.weight"},
    {TensorRole::kAttentionNorm, "model.layers.{layer}.input_layernorm.weight"},
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
    {TensorRole::kFfnNorm,
     "model.layers.{layer}.post_attention_layernorm.weight"},
    {TensorRole::kRouter,
     "model.layers.{layer}.block_sparse_moe.router.layer.weight"},
    {TensorRole::kExpertGate,
     "model.layers.{layer}.block_sparse_moe.input_linear.weight", 0, 2},
    {TensorRole::kExpertUp,
     "model.layers.{layer}.block_sparse_moe.input_linear.weight", 1, 2},
    {TensorRole::kExpertDown,
     "model.layers.{layer}.block_sparse_moe.output_linear.weight"},
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
};

bool MatchesGguf(const FieldReader& fields) {
  const auto width = fields.IntOr("expert_shared_feed_forward_length", 0, 0);
  return width.ok() && *width == 0;
}

}  // namespace

const Family& GraniteMoeFamily() {
  static const Family kFamily = {
      .name = "granitemoe",
      .architecture = "GraniteMoeForCausalLM",
      .routing = {.kind = RoutingKind::kTopKSoftmax},
      .defaults = {.rms_norm_eps = 1e-6, .rope_theta = 1e4},
      .read_hugging_face = ReadGraniteFields,
      .write_hugging_face = WriteGraniteFields,
      .gguf_architecture = "granitemoe",
      .matches_gguf = MatchesGguf,
      .read_gguf = ReadGraniteGgufFields,
      .hugging_face_tensors = kHuggingFace,
      .gguf_tensors = kGguf,
  };
  return kFamily;
}

}  // namespace spacemoe
