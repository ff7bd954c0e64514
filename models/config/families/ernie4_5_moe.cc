// ERNIE 4.5 MoE (Baidu 2025, "ERNIE 4.5 Technical Report"): interleaved
// rotation; softmax scores that compete with a bias and are divided by their
// sum; shared experts. Layers outside an interval are dense.
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

constexpr TensorName kCorrection[] = {
    {.role = TensorRole::kRouterCorrection,
     .pattern = "model.layers.{layer}.mlp.moe_statics.e_score_correction_bias",
     .two_dimensional = true},
};

absl::Status ReadDenseLayers(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t first,
                            fields.IntOr("moe_layer_start_index", 1, 0));
  SPACEMOE_ASSIGN_OR_RETURN(std::int64_t last,
                            fields.IntOr("moe_layer_end_index", -1, -1));
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t interval,
                            fields.IntOr("moe_layer_interval", 1));
  if (last < 0) last = config.layers - 1;
  const auto is_dense = [=](std::int64_t l) {
    return (l + 1) % interval != 0 || l < first || l > last;
  };
  return MarkDense(fields, "moe_layer_start_index", is_dense, config);
}

// The layers with experts are every n-th from the first one on.
void WriteDenseLayers(const ModelConfig& config, nlohmann::json& json) {
  const std::int64_t first = config.FirstLayerWithExperts();
  std::int64_t second = first + 1;
  while (second < config.layers && config.IsDense(second)) ++second;
  const bool several = second < config.layers;
  const std::int64_t interval = several ? second - first : first + 1;
  json["moe_layer_start_index"] = first;
  json["moe_layer_end_index"] = -1;
  json["moe_layer_interval"] = interval;
}

absl::Status ReadFeedForward(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.expert_width,
                            fields.Int("moe_intermediate_size"));
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t shared,
                            fields.IntOr("moe_num_shared_experts", 2, 0));
  config.shared_width = shared * config.expert_width;
  SPACEMOE_ASSIGN_OR_RETURN(config.dense_width,
                            fields.Int("intermediate_size"));
  SPACEMOE_ASSIGN_OR_RETURN(config.routing.sum_minimum,
                            fields.PositiveOr("moe_norm_min", 1e-12));
  return ReadDenseLayers(fields, config);
}

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  config.rope_interleaved = true;
  config.rope_float32 = true;
  SPACEMOE_ASSIGN_OR_RETURN(const bool biases,
                            fields.BoolOr("use_bias", false));
  config.attention_bias = biases;
  config.output_bias = biases;
  config.mlp_bias = biases;
  config.lm_head_bias = biases;
  return ReadFeedForward(fields, config);
}

void WriteHuggingFace(const ModelConfig& config, nlohmann::json& json) {
  WriteWidths(config, json);
  json["moe_num_shared_experts"] = config.shared_width / config.expert_width;
  json["moe_norm_min"] = config.routing.sum_minimum;
  json["use_bias"] = config.attention_bias;
  WriteDenseLayers(config, json);
}

absl::Status ReadGguf(const FieldReader& fields, ModelConfig& config) {
  config.rope_interleaved = true;
  config.rope_float32 = true;
  config.routing.sum_minimum = 1e-12;
  SPACEMOE_RETURN_IF_ERROR(ReadGgufWidths(fields, config));
  // What the converter puts there is the shared part's width in the published
  // models alone; the number of its experts says it in all.
  fields.Has("expert_shared_feed_forward_length");
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t interval,
                            fields.IntOr("interleave_moe_layer_step", 1));
  return MarkDense(
      fields, "interleave_moe_layer_step",
      [&](std::int64_t l) {
        return config.IsDense(l) || (l + 1) % interval != 0;
      },
      config);
}

}  // namespace

const Family& Ernie45MoeFamily() {
  static const std::vector<TensorName> kNames = Together(
      {ModelNames(), PreNormNames(), AttentionNames(), RouterNames(),
       kCorrection, ExpertNames(), SharedExpertsNames(), DenseNames()});
  static const Family kFamily = {
      .name = "ernie4_5_moe",
      .architecture = "Ernie4_5_MoeForCausalLM",
      .routing = {.kind = RoutingKind::kSoftmaxTopK,
                  .correction_bias = true,
                  .renormalise = true,
                  .float32_logits = true},
      .defaults = {.rms_norm_eps = 1e-5,
                   .rope_theta = 5e5,
                   .tie_word_embeddings = true},
      .fields = {.experts = "moe_num_experts", .experts_per_token = "moe_k"},
      .read_hugging_face = ReadHuggingFace,
      .write_hugging_face = WriteHuggingFace,
      .gguf_architecture = "ernie4_5-moe",
      .matches_gguf = AlwaysMatchesGguf,
      .read_gguf = ReadGguf,
      .hugging_face_tensors = kNames,
      .gguf_tensors = GgufNames(),
  };
  return kFamily;
}

}  // namespace spacemoe
