// gpt-oss (OpenAI 2025, arXiv:2508.10925): biases everywhere, attention sinks,
// a window on every second layer, top-k of the router's logits; experts with a
// clamped SwiGLU whose gate and up rows alternate, published as MXFP4.
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
    {TensorRole::kSinks, "model.layers.{layer}.self_attn.sinks"},
    {TensorRole::kRouter, "model.layers.{layer}.mlp.router.weight"},
    {TensorRole::kRouterBias, "model.layers.{layer}.mlp.router.bias"},
};

constexpr char kGateUp[] = "model.layers.{layer}.mlp.experts.gate_up_proj";
constexpr char kGateUpBias[] =
    "model.layers.{layer}.mlp.experts.gate_up_proj_bias";
constexpr char kDown[] = "model.layers.{layer}.mlp.experts.down_proj";

constexpr TensorName kExperts[] = {
    {.role = TensorRole::kExpertGate,
     .pattern = kGateUp,
     .part = 0,
     .parts = 2,
     .order = RowOrder::kInterleaved,
     .mxfp4 = true},
    {.role = TensorRole::kExpertUp,
     .pattern = kGateUp,
     .part = 1,
     .parts = 2,
     .order = RowOrder::kInterleaved,
     .mxfp4 = true},
    {.role = TensorRole::kExpertDown, .pattern = kDown, .mxfp4 = true},
    {.role = TensorRole::kExpertGate,
     .pattern = kGateUp,
     .part = 0,
     .parts = 2,
     .order = RowOrder::kInterleaved,
     .transposed = true},
    {.role = TensorRole::kExpertUp,
     .pattern = kGateUp,
     .part = 1,
     .parts = 2,
     .order = RowOrder::kInterleaved,
     .transposed = true},
    {.role = TensorRole::kExpertDown, .pattern = kDown, .transposed = true},
    {TensorRole::kExpertGateBias, kGateUpBias, 0, 2, RowOrder::kInterleaved},
    {TensorRole::kExpertUpBias, kGateUpBias, 1, 2, RowOrder::kInterleaved},
    {TensorRole::kExpertDownBias,
     "model.layers.{layer}.mlp.experts.down_proj_bias"},
};

absl::Status ReadWindow(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.sliding_window,
                            fields.OptionalInt("sliding_window", 1, kMaxCount));
  if (!config.sliding_window) return absl::OkStatus();
  return ReadLayerTypes(
      fields, "sliding_attention", [](std::int64_t l) { return l % 2 == 0; },
      config);
}

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.expert_width,
                            fields.Int("intermediate_size"));
  SPACEMOE_RETURN_IF_ERROR(ReadAttentionBias(fields, true, config));
  config.attention_sinks = true;
  config.expert_bias = true;
  config.activation = ActivationKind::kClampedSwiglu;
  SPACEMOE_ASSIGN_OR_RETURN(config.swiglu_limit,
                            fields.PositiveOr("swiglu_limit", 7.0));
  SPACEMOE_ASSIGN_OR_RETURN(const double alpha,
                            fields.PositiveOr("swiglu_alpha", 1.702));
  if (alpha != 1.702) return fields.Unsupported("swiglu_alpha", "1.702");
  return ReadWindow(fields, config);
}

void WriteHuggingFace(const ModelConfig& config, nlohmann::json& json) {
  json["intermediate_size"] = config.expert_width;
  json["attention_bias"] = config.attention_bias;
  json["swiglu_limit"] = config.swiglu_limit;
  json["sliding_window"] = nullptr;
  if (config.sliding_window) json["sliding_window"] = *config.sliding_window;
  WriteLayerTypes("sliding_attention", config, json);
}

absl::Status ReadGguf(const FieldReader& fields, ModelConfig& config) {
  config.attention_sinks = true;
  config.expert_bias = true;
  config.activation = ActivationKind::kClampedSwiglu;
  config.swiglu_limit = 7;
  RopeScaling& scaling = config.rope_scaling;
  scaling.truncate = scaling.type != RopeType::kYarn;
  SPACEMOE_RETURN_IF_ERROR(ReadGgufWindow(fields, config));
  SPACEMOE_RETURN_IF_ERROR(ReadGgufWindowedLayers(fields, 2, config));
  return ReadGgufWidths(fields, config);
}

}  // namespace

const Family& GptOssFamily() {
  static const std::vector<TensorName> kNames = Together(
      {ModelNames(), PreNormNames(), AttentionNames(), kOwn, kExperts});
  static const Family kFamily = {
      .name = "gpt_oss",
      .architecture = "GptOssForCausalLM",
      .routing = {.kind = RoutingKind::kTopKSoftmax, .logit_bias = true},
      .defaults = {.rms_norm_eps = 1e-5, .rope_theta = 150000},
      .read_hugging_face = ReadHuggingFace,
      .write_hugging_face = WriteHuggingFace,
      .gguf_architecture = "gpt-oss",
      .matches_gguf = AlwaysMatchesGguf,
      .read_gguf = ReadGguf,
      .hugging_face_tensors = kNames,
      .gguf_tensors = GgufNames(),
  };
  return kFamily;
}

}  // namespace spacemoe
