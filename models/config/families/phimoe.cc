// Phi-3.5-MoE (Abdin et al. 2024, arXiv:2404.14219): LayerNorm with biases,
// biases on attention and LM head, SparseMixer routing, longrope whose
// attention factors are in the config.
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

constexpr TensorName kRouter[] = {
    {TensorRole::kRouter, "model.layers.{layer}.block_sparse_moe.gate.weight"},
};

absl::Status ReadRouting(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.routing.jitter,
                            fields.NotNegativeOr("router_jitter_noise", 0.01));
  if (config.experts_per_token == 2) return absl::OkStatus();
  return fields.Unsupported("num_experts_per_tok", "2 (sparsemixer)");
}

// short_mscale and long_mscale of any scaling.
absl::Status ReadAttentionFactors(const FieldReader& fields,
                                  ModelConfig& config) {
  RopeScaling& scaling = config.rope_scaling;
  if (scaling.type == RopeType::kNone) return absl::OkStatus();
  if (scaling.type != RopeType::kLongRope) {
    return fields.Unsupported("rope_scaling", "null, longrope");
  }
  const bool old_name = fields.Has("rope_scaling");
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto rope,
      fields.Object(old_name ? "rope_scaling" : "rope_parameters"));
  SPACEMOE_ASSIGN_OR_RETURN(scaling.attention_factor,
                            rope->Positive("short_mscale"));
  SPACEMOE_ASSIGN_OR_RETURN(scaling.long_attention_factor,
                            rope->Positive("long_mscale"));
  return absl::OkStatus();
}

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.expert_width,
                            fields.Int("intermediate_size"));
  config.norm = NormKind::kLayer;
  SPACEMOE_RETURN_IF_ERROR(ReadAttentionBias(fields, false, config));
  SPACEMOE_ASSIGN_OR_RETURN(config.lm_head_bias,
                            fields.BoolOr("lm_head_bias", false));
  SPACEMOE_ASSIGN_OR_RETURN(config.sliding_window,
                            fields.OptionalInt("sliding_window", 1, kMaxCount));
  SPACEMOE_RETURN_IF_ERROR(ReadAttentionFactors(fields, config));
  return ReadRouting(fields, config);
}

void WriteHuggingFace(const ModelConfig& config, nlohmann::json& json) {
  json["intermediate_size"] = config.expert_width;
  json["attention_bias"] = config.attention_bias;
  json["lm_head_bias"] = config.lm_head_bias;
  json["router_jitter_noise"] = config.routing.jitter;
  json["input_jitter_noise"] = 0.0;
  json["sliding_window"] = nullptr;
  if (config.sliding_window) json["sliding_window"] = *config.sliding_window;
  const RopeScaling& scaling = config.rope_scaling;
  if (scaling.type != RopeType::kLongRope) return;
  nlohmann::json& rope = json["rope_scaling"];
  rope.erase("attention_factor");
  rope["short_mscale"] = scaling.attention_factor.value_or(1);
  rope["long_mscale"] = scaling.long_attention_factor.value_or(1);
}

// The noise that the router was trained with is not in the file, and both
// lists of factors have one attention factor, which llama.cpp's converter
// computes itself: sqrt(1 + ln(stretch) / ln(trained context)).
absl::Status ReadGguf(const FieldReader& fields, ModelConfig& config) {
  config.norm = NormKind::kLayer;
  config.routing.jitter = 0.01;
  RopeScaling& scaling = config.rope_scaling;
  scaling.long_attention_factor = scaling.attention_factor;
  SPACEMOE_RETURN_IF_ERROR(ReadGgufWindow(fields, config));
  SPACEMOE_RETURN_IF_ERROR(ReadGgufWidths(fields, config));
  if (config.experts_per_token == 2) return absl::OkStatus();
  return fields.Unsupported("expert_used_count", "2 (sparsemixer)");
}

}  // namespace

const Family& PhimoeFamily() {
  static const std::vector<TensorName> kNames =
      Together({ModelNames(), PreNormNames(), AttentionNames(), kRouter,
                BlockSparseExpertNames()});
  static const Family kFamily = {
      .name = "phimoe",
      .architecture = "PhimoeForCausalLM",
      .routing = {.kind = RoutingKind::kSparseMixer},
      .defaults = {.rms_norm_eps = 1e-5, .rope_theta = 1e6},
      .read_hugging_face = ReadHuggingFace,
      .write_hugging_face = WriteHuggingFace,
      .gguf_architecture = "phimoe",
      .matches_gguf = AlwaysMatchesGguf,
      .read_gguf = ReadGguf,
      .hugging_face_tensors = kNames,
      .gguf_tensors = GgufNames(),
  };
  return kFamily;
}

}  // namespace spacemoe
