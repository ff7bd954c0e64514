// Hunyuan-A13B (Tencent 2025, "Hunyuan-A13B Technical Report"): norms of each
// head of q and k after the rotation; softmax over all experts, renormalised;
// a shared block. Its "dynamic" rotation with an alpha is a fixed larger base.

#include "absl/strings/str_cat.h"
#include "models/config/families/common_names.h"
#include "models/config/families/families.h"
#include "models/config/families/gguf_fields.h"
#include "models/config/families/gguf_names.h"
#include "models/config/families/layer_fields.h"
#include "models/config/field_reader.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr TensorName kOwn[] = {
    {TensorRole::kQueryNorm,
     "model.layers.{layer}.self_attn.query_layernorm.weight"},
    {TensorRole::kKeyNorm,
     "model.layers.{layer}.self_attn.key_layernorm.weight"},
    {TensorRole::kRouter, "model.layers.{layer}.mlp.gate.wg.weight"},
    {TensorRole::kSharedGate,
     "model.layers.{layer}.mlp.shared_mlp.gate_proj.weight"},
    {TensorRole::kSharedUp,
     "model.layers.{layer}.mlp.shared_mlp.up_proj.weight"},
    {TensorRole::kSharedDown,
     "model.layers.{layer}.mlp.shared_mlp.down_proj.weight"},
};

absl::Status RefuseUnsupported(const FieldReader& fields) {
  SPACEMOE_RETURN_IF_ERROR(fields.RequireBool("use_qk_norm", true));
  SPACEMOE_RETURN_IF_ERROR(fields.RequireBool("use_cla", false));
  SPACEMOE_RETURN_IF_ERROR(fields.RequireBool("mlp_bias", false));
  SPACEMOE_RETURN_IF_ERROR(fields.RequireOneOf("norm_type", {"rms"}));
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t skipped,
                            fields.IntOr("moe_layer_num_skipped", 0, 0));
  if (skipped == 0) return absl::OkStatus();
  return fields.Unsupported("moe_layer_num_skipped", "0");
}

absl::Status ReadAlpha(const FieldReader& fields, ModelConfig& config) {
  if (config.rope_scaling.type != RopeType::kDynamic) return absl::OkStatus();
  for (const char* name : {"rope_scaling", "rope_parameters"}) {
    SPACEMOE_ASSIGN_OR_RETURN(const auto rope, fields.Object(name));
    if (!rope || !rope->Has("alpha")) continue;
    SPACEMOE_ASSIGN_OR_RETURN(const double alpha, rope->Positive("alpha"));
    config.max_positions = config.rope_scaling.original_max_positions;
    config.rope_scaling = {.type = RopeType::kNtkAlpha, .alpha = alpha};
  }
  return absl::OkStatus();
}

// Lists by layer. The shared block is as wide as so many experts.
absl::Status ReadLayerWidths(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t width,
                            fields.Int("intermediate_size"));
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto widths,
      fields.IntOrList("moe_intermediate_size", config.layers));
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto shared,
      fields.IntOrList("num_shared_expert", config.layers, 0));
  SPACEMOE_ASSIGN_OR_RETURN(const bool mixed,
                            fields.BoolOr("use_mixed_mlp_moe", true));
  config.expert_width = widths.empty() ? width : widths.front();
  config.shared_width = mixed ? width : 0;
  for (std::int64_t l = 0; l < config.layers; ++l) {
    if (!widths.empty() && widths[l] != config.expert_width) {
      config.EditLayer(l).expert_width = widths[l];
    }
    if (mixed && !shared.empty() && shared[l] != 1) {
      config.EditLayer(l).shared_width = width * shared[l];
    }
  }
  return absl::OkStatus();
}

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(RefuseUnsupported(fields));
  config.qk_norm = QkNorm::kHeadAfterRope;
  SPACEMOE_RETURN_IF_ERROR(ReadAttentionBias(fields, false, config));
  SPACEMOE_RETURN_IF_ERROR(ReadAlpha(fields, config));
  return ReadLayerWidths(fields, config);
}

void WriteHuggingFace(const ModelConfig& config, nlohmann::json& json) {
  json["intermediate_size"] = config.shared_width;
  json["moe_intermediate_size"] = config.expert_width;
  json["num_shared_expert"] = 1;
  json["use_mixed_mlp_moe"] = config.shared_width > 0;
  json["use_qk_norm"] = true;
  json["use_cla"] = false;
  json["norm_type"] = "rms";
  json["moe_layer_num_skipped"] = 0;
  json["attention_bias"] = config.attention_bias;
}

// The converter writes the base with its alpha in it.
absl::Status ReadGguf(const FieldReader& fields, ModelConfig& config) {
  config.qk_norm = QkNorm::kHeadAfterRope;
  SPACEMOE_RETURN_IF_ERROR(ReadGgufWidths(fields, config));
  SPACEMOE_ASSIGN_OR_RETURN(
      config.shared_width,
      fields.IntOr("expert_shared_feed_forward_length", config.shared_width));
  return absl::OkStatus();
}

}  // namespace

const Family& HunyuanV1MoeFamily() {
  static const std::vector<TensorName> kNames = Together(
      {ModelNames(), PreNormNames(), AttentionNames(), kOwn, ExpertNames()});
  static const Family kFamily = {
      .name = "hunyuan_v1_moe",
      .architecture = "HunYuanMoEV1ForCausalLM",
      .routing = {.kind = RoutingKind::kSoftmaxTopK, .renormalise = true},
      .defaults = {.rms_norm_eps = 1e-5, .rope_theta = 1e4},
      .fields = {.experts = "num_experts", .experts_per_token = "moe_topk"},
      .read_hugging_face = ReadHuggingFace,
      .write_hugging_face = WriteHuggingFace,
      .gguf_architecture = "hunyuan-moe",
      .matches_gguf = AlwaysMatchesGguf,
      .read_gguf = ReadGguf,
      .hugging_face_tensors = kNames,
      .gguf_tensors = GgufNames(),
  };
  return kFamily;
}

}  // namespace spacemoe
