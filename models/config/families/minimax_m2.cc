// MiniMax-M2 (MiniMax 2025): norms over all heads of q and of k together, a
// rotated part of each head; sigmoid scores that compete with a bias and are
// divided by their sum.
#include "models/config/families/common_names.h"
#include "models/config/families/families.h"
#include "models/config/families/gguf_fields.h"
#include "models/config/families/gguf_names.h"
#include "models/config/field_reader.h"
#include "models/config/rope_reader.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr TensorName kRouter[] = {
    {TensorRole::kRouter, "model.layers.{layer}.block_sparse_moe.gate.weight"},
    {TensorRole::kRouterCorrection,
     "model.layers.{layer}.block_sparse_moe.e_score_correction_bias"},
};

absl::Status RefuseUnsupported(const FieldReader& fields) {
  SPACEMOE_RETURN_IF_ERROR(fields.RequireOneOf("scoring_func", {"sigmoid"}));
  SPACEMOE_RETURN_IF_ERROR(fields.RequireOneOf("qk_norm_type", {"per_layer"}));
  SPACEMOE_RETURN_IF_ERROR(fields.RequireBool("use_qk_norm", true));
  SPACEMOE_RETURN_IF_ERROR(fields.RequireBool("use_routing_bias", true));
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t shared,
                            fields.IntOr("shared_intermediate_size", 0, 0));
  if (shared != 0) return fields.Unsupported("shared_intermediate_size", "0");
  if (fields.Has("sliding_window")) {
    return fields.Unsupported("sliding_window", "null");
  }
  SPACEMOE_ASSIGN_OR_RETURN(const auto types, fields.IntList("attn_type_list"));
  for (const std::int64_t type : types) {
    if (type != 1) return fields.Unsupported("attn_type_list", "ones");
  }
  return absl::OkStatus();
}

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(RefuseUnsupported(fields));
  SPACEMOE_ASSIGN_OR_RETURN(config.expert_width,
                            fields.Int("intermediate_size"));
  config.qk_norm = QkNorm::kWidth;
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::int64_t rotary,
      fields.IntOr("rotary_dim", config.head_dim, 1, config.head_dim));
  return ReadPartialRotary(
      fields,
      static_cast<double>(rotary) / static_cast<double>(config.head_dim),
      config);
}

void WriteHuggingFace(const ModelConfig& config, nlohmann::json& json) {
  json["intermediate_size"] = config.expert_width;
  json["scoring_func"] = "sigmoid";
  json["use_qk_norm"] = true;
  json["qk_norm_type"] = "per_layer";
  json["use_routing_bias"] = true;
  json["rotary_dim"] = config.rotary_dim;
  WritePartialRotary(config, json);
}

absl::Status ReadGguf(const FieldReader& fields, ModelConfig& config) {
  config.qk_norm = QkNorm::kWidth;
  SPACEMOE_ASSIGN_OR_RETURN(
      config.rotary_dim, fields.IntOr("rope.dimension_count", config.head_dim,
                                      1, config.head_dim));
  return ReadGgufWidths(fields, config);
}

}  // namespace

const Family& MinimaxM2Family() {
  static const std::vector<TensorName> kNames =
      Together({ModelNames(), PreNormNames(), AttentionNames(), QkNormNames(),
                kRouter, BlockSparseExpertNames()});
  static const Family kFamily = {
      .name = "minimax_m2",
      .architecture = "MiniMaxM2ForCausalLM",
      .routing = {.kind = RoutingKind::kSigmoidTopK,
                  .correction_bias = true,
                  .renormalise = true},
      .defaults = {.rms_norm_eps = 1e-6, .rope_theta = 5e6},
      .partial_rotary = true,
      .read_hugging_face = ReadHuggingFace,
      .write_hugging_face = WriteHuggingFace,
      .gguf_architecture = "minimax-m2",
      .matches_gguf = AlwaysMatchesGguf,
      .read_gguf = ReadGguf,
      .hugging_face_tensors = kNames,
      .gguf_tensors = GgufNames(),
  };
  return kFamily;
}

}  // namespace spacemoe
