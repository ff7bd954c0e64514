// DeepSeek-V2 (arXiv:2405.04434): latent attention with interleaved rotation;
// shared experts; softmax over all experts, at most topk_group groups of them,
// the chosen ones scaled and never normalised (as transformers does it).
#include "models/config/families/common_names.h"
#include "models/config/families/deepseek_fields.h"
#include "models/config/families/families.h"
#include "models/config/families/gguf_fields.h"
#include "models/config/families/gguf_names.h"
#include "models/config/families/layer_fields.h"
#include "models/config/field_reader.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status ReadRouting(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(fields.RequireOneOf("scoring_func", {"softmax"}));
  SPACEMOE_RETURN_IF_ERROR(
      fields.RequireOneOf("topk_method", {"greedy", "group_limited_greedy"}));
  SPACEMOE_ASSIGN_OR_RETURN(config.routing.scale,
                            fields.PositiveOr("routed_scaling_factor", 1.0));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string method,
                            fields.StringOr("topk_method", "greedy"));
  if (method == "greedy") return absl::OkStatus();
  return ReadGroups(fields, /*group_best=*/1, config);
}

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(ReadLatentAttention(fields, config));
  config.rope_interleaved = true;
  config.rope_float32 = true;
  SPACEMOE_RETURN_IF_ERROR(ReadWidths(fields, config));
  SPACEMOE_ASSIGN_OR_RETURN(config.mlp_bias, fields.BoolOr("mlp_bias", false));
  SPACEMOE_RETURN_IF_ERROR(ReadFirstDense(fields, 0, config));
  return ReadRouting(fields, config);
}

void WriteHuggingFace(const ModelConfig& config, nlohmann::json& json) {
  WriteLatentAttention(config, json);
  WriteWidths(config, json);
  WriteSharedExperts(config, json);
  WriteFirstDense(config, json);
  WriteGroups(config, json);
  json["mlp_bias"] = config.mlp_bias;
  json["scoring_func"] = "softmax";
  const bool grouped = config.routing.groups > 1;
  json["topk_method"] = grouped ? "group_limited_greedy" : "greedy";
  json["routed_scaling_factor"] = config.routing.scale;
  json["norm_topk_prob"] = false;
}

bool MatchesGguf(const FieldReader& fields, const GgufFacts& facts) {
  return !HasSigmoidScores(fields, facts);
}

absl::Status ReadGguf(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(ReadGgufLatentAttention(fields, config));
  config.rope_interleaved = true;
  config.rope_float32 = true;
  SPACEMOE_RETURN_IF_ERROR(ReadGgufWidths(fields, config));
  return ReadGgufRouting(fields, /*group_best=*/1, config);
}

}  // namespace

const Family& DeepseekV2Family() {
  static const std::vector<TensorName> kNames = Together(
      {ModelNames(), PreNormNames(), LatentAttentionNames(), RouterNames(),
       ExpertNames(), SharedExpertsNames(), DenseNames()});
  static const Family kFamily = {
      .name = "deepseek_v2",
      .architecture = "DeepseekV2ForCausalLM",
      .routing = {.kind = RoutingKind::kSoftmaxTopK, .float32_logits = true},
      .defaults = {.rms_norm_eps = 1e-6, .rope_theta = 1e4},
      .fields = {.experts = "n_routed_experts"},
      .latent_attention = true,
      .read_hugging_face = ReadHuggingFace,
      .write_hugging_face = WriteHuggingFace,
      .gguf_architecture = "deepseek2",
      .matches_gguf = MatchesGguf,
      .read_gguf = ReadGguf,
      .hugging_face_tensors = kNames,
      .gguf_tensors = GgufNames(),
  };
  return kFamily;
}

}  // namespace spacemoe
