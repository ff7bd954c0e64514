// Qwen2-MoE (Qwen1.5-MoE-A2.7B, Qwen2-57B-A14B; Yang et al. 2024,
// arXiv:2407.10671, section 2.2.2): biases on q, k and v; softmax over all
// experts; beside them a shared expert weighed by a sigmoid.
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

constexpr TensorName kShared[] = {
    {TensorRole::kSharedGate,
     "model.layers.{layer}.mlp.shared_expert.gate_proj.weight"},
    {TensorRole::kSharedUp,
     "model.layers.{layer}.mlp.shared_expert.up_proj.weight"},
    {TensorRole::kSharedDown,
     "model.layers.{layer}.mlp.shared_expert.down_proj.weight"},
    {.role = TensorRole::kSharedWeight,
     .pattern = "model.layers.{layer}.mlp.shared_expert_gate.weight",
     .two_dimensional = true},
};

// Even layers below max_window_layers have the window.
absl::Status ReadWindow(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(const bool used,
                            fields.BoolOr("use_sliding_window", false));
  if (!used) return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(config.sliding_window,
                            fields.IntOr("sliding_window", 4096));
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t layers,
                            fields.IntOr("max_window_layers", 28, 0));
  return ReadLayerTypes(
      fields, "sliding_attention",
      [layers](std::int64_t l) { return l % 2 == 0 && l < layers; }, config);
}

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.expert_width,
                            fields.Int("moe_intermediate_size"));
  SPACEMOE_ASSIGN_OR_RETURN(config.shared_width,
                            fields.Int("shared_expert_intermediate_size"));
  SPACEMOE_ASSIGN_OR_RETURN(config.dense_width,
                            fields.Int("intermediate_size"));
  config.shared_gate = true;
  SPACEMOE_ASSIGN_OR_RETURN(config.attention_bias,
                            fields.BoolOr("qkv_bias", true));
  SPACEMOE_ASSIGN_OR_RETURN(config.routing.renormalise,
                            fields.BoolOr("norm_topk_prob", false));
  SPACEMOE_RETURN_IF_ERROR(ReadSparseStep(fields, config));
  return ReadWindow(fields, config);
}

void WriteHuggingFace(const ModelConfig& config, nlohmann::json& json) {
  WriteWidths(config, json);
  json["shared_expert_intermediate_size"] = config.shared_width;
  json["qkv_bias"] = config.attention_bias;
  json["norm_topk_prob"] = config.routing.renormalise;
  json["decoder_sparse_step"] = 1;
  json["mlp_only_layers"] = nlohmann::json::array();
  json["use_sliding_window"] = false;
}

// llama.cpp knows neither normalised weights nor dense layers here.
absl::Status ReadGguf(const FieldReader& fields, ModelConfig& config) {
  config.shared_gate = true;
  SPACEMOE_RETURN_IF_ERROR(ReadGgufWidths(fields, config));
  SPACEMOE_ASSIGN_OR_RETURN(config.shared_width,
                            fields.Int("expert_shared_feed_forward_length"));
  return absl::OkStatus();
}

}  // namespace

const Family& Qwen2MoeFamily() {
  static const std::vector<TensorName> kNames =
      Together({ModelNames(), PreNormNames(), AttentionNames(), RouterNames(),
                ExpertNames(), kShared, DenseNames()});
  static const Family kFamily = {
      .name = "qwen2_moe",
      .architecture = "Qwen2MoeForCausalLM",
      .routing = {.kind = RoutingKind::kSoftmaxTopK},
      .defaults = {.rms_norm_eps = 1e-6, .rope_theta = 1e4},
      .fields = {.experts = "num_experts"},
      .read_hugging_face = ReadHuggingFace,
      .write_hugging_face = WriteHuggingFace,
      .gguf_architecture = "qwen2moe",
      .matches_gguf = AlwaysMatchesGguf,
      .read_gguf = ReadGguf,
      .hugging_face_tensors = kNames,
      .gguf_tensors = GgufNames(),
  };
  return kFamily;
}

}  // namespace spacemoe
