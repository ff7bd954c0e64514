// GraniteMoeShared (IBM): as GraniteMoe, and beside the experts a shared part
// that every token uses; both are added before the residual multiplier.
#include "models/config/families/families.h"
#include "models/config/families/granite_fields.h"
#include "models/config/field_reader.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

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
    {TensorRole::kSharedGate,
     "model.layers.{layer}.shared_mlp.input_linear.weight", 0, 2},
    {TensorRole::kSharedUp,
     "model.layers.{layer}.shared_mlp.input_linear.weight", 1, 2},
    {TensorRole::kSharedDown,
     "model.layers.{layer}.shared_mlp.output_linear.weight"},
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

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(ReadGraniteFields(fields, config));
  SPACEMOE_ASSIGN_OR_RETURN(config.shared_width,
                            // 0: as GraniteMoe.
                            fields.IntOr("shared_intermediate_size", 1024, 0));
  return absl::OkStatus();
}

void WriteHuggingFace(const ModelConfig& config, nlohmann::json& json) {
  WriteGraniteFields(config, json);
  json["shared_intermediate_size"] = config.shared_width;
}

// 0 says the same as a missing field.
bool MatchesGguf(const FieldReader& fields) {
  const auto width = fields.IntOr("expert_shared_feed_forward_length", 0, 0);
  return !width.ok() || *width > 0;
}

absl::Status ReadGguf(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(ReadGraniteGgufFields(fields, config));
  SPACEMOE_ASSIGN_OR_RETURN(config.shared_width,
                            fields.Int("expert_shared_feed_forward_length"));
  return absl::OkStatus();
}

}  // namespace

const Family& GraniteMoeSharedFamily() {
  static const Family kFamily = {
      .name = "granitemoeshared",
      .architecture = "GraniteMoeSharedForCausalLM",
      .routing = {.kind = RoutingKind::kTopKSoftmax},
      .defaults = {.rms_norm_eps = 1e-6, .rope_theta = 1e4},
      .read_hugging_face = ReadHuggingFace,
      .write_hugging_face = WriteHuggingFace,
      .gguf_architecture = "granitemoe",
      .matches_gguf = MatchesGguf,
      .read_gguf = ReadGguf,
      .hugging_face_tensors = kHuggingFace,
      .gguf_tensors = kGguf,
  };
  return kFamily;
}

}  // namespace spacemoe
