#include "models/config/families/deepseek_fields.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

double LatentScale(const LatentAttention& latent, const RopeScaling& scaling) {
  const double scale = 1 / std::sqrt(static_cast<double>(latent.query_dim()));
  const double mscale = scaling.mscale_all_dim.value_or(0);
  if (scaling.type == RopeType::kNone || scaling.factor <= 1) return scale;
  const double stretch = 0.1 * mscale * std::log(scaling.factor) + 1;
  return scale * stretch * stretch;
}

absl::Status CheckGroups(const FieldReader& fields, const RoutingRule& rule,
                         const ModelConfig& config) {
  if (config.experts % rule.groups != 0) {
    return fields.Wrong(
        "n_group",
        absl::StrCat("a divisor of n_routed_experts (", config.experts, ")"));
  }
  const std::int64_t size = config.experts / rule.groups;
  if (size < rule.group_best) {
    return fields.Wrong("n_group",
                        absl::StrCat("groups of at least ", rule.group_best,
                                     " of the ", config.experts, " experts"));
  }
  if (rule.kept_groups > rule.groups ||
      rule.kept_groups * size < config.experts_per_token) {
    return fields.Wrong(
        "topk_group",
        absl::StrCat("at most n_group (", rule.groups,
                     ") groups, with at least num_experts_per_tok (",
                     config.experts_per_token, ") experts"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadLatentAttention(const FieldReader& fields,
                                 ModelConfig& config) {
  LatentAttention latent;
  SPACEMOE_ASSIGN_OR_RETURN(latent.query_rank,
                            fields.IntOr("q_lora_rank", 0, 0));
  SPACEMOE_ASSIGN_OR_RETURN(latent.kv_rank, fields.Int("kv_lora_rank"));
  SPACEMOE_ASSIGN_OR_RETURN(latent.nope_dim, fields.Int("qk_nope_head_dim"));
  SPACEMOE_ASSIGN_OR_RETURN(latent.rope_dim, fields.Int("qk_rope_head_dim"));
  SPACEMOE_ASSIGN_OR_RETURN(latent.value_dim, fields.Int("v_head_dim"));
  if (latent.rope_dim % 2 != 0) {
    return fields.Wrong("qk_rope_head_dim", "an even number");
  }
  if (config.kv_heads != config.heads) {
    return fields.Wrong("num_key_value_heads",
                        absl::StrCat("num_attention_heads (", config.heads,
                                     "), as the heads share one latent"));
  }
  config.head_dim = latent.query_dim();
  config.attention_scale = LatentScale(latent, config.rope_scaling);
  config.latent = latent;
  SPACEMOE_ASSIGN_OR_RETURN(config.attention_bias,
                            fields.BoolOr("attention_bias", false));
  config.output_bias = config.attention_bias;
  return absl::OkStatus();
}

absl::Status ReadGgufLatentAttention(const FieldReader& fields,
                                     ModelConfig& config) {
  LatentAttention latent;
  SPACEMOE_ASSIGN_OR_RETURN(latent.query_rank,
                            fields.IntOr("attention.q_lora_rank", 0, 0));
  SPACEMOE_ASSIGN_OR_RETURN(latent.kv_rank,
                            fields.Int("attention.kv_lora_rank"));
  SPACEMOE_ASSIGN_OR_RETURN(latent.rope_dim,
                            fields.Int("rope.dimension_count"));
  const bool compressed = fields.Has("attention.key_length_mla");
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t query_dim,
                            fields.Int(compressed ? "attention.key_length_mla"
                                                  : "attention.key_length",
                                       latent.rope_dim + 1));
  SPACEMOE_ASSIGN_OR_RETURN(latent.value_dim,
                            fields.Int(compressed ? "attention.value_length_mla"
                                                  : "attention.value_length"));
  if (latent.rope_dim % 2 != 0) {
    return fields.Wrong("rope.dimension_count", "an even number");
  }
  latent.nope_dim = query_dim - latent.rope_dim;
  config.head_dim = query_dim;
  config.attention_scale = LatentScale(latent, config.rope_scaling);
  config.latent = latent;
  return absl::OkStatus();
}

bool HasSigmoidScores(const FieldReader& fields, const GgufFacts& facts) {
  const auto gating = fields.IntOr("expert_gating_func", 0, 0);
  if (!gating.ok()) return true;
  return *gating > 1 || (*gating == 0 && facts.has_router_correction);
}

absl::Status ReadGroups(const FieldReader& fields, std::int64_t group_best,
                        ModelConfig& config) {
  RoutingRule& rule = config.routing;
  SPACEMOE_ASSIGN_OR_RETURN(rule.groups, fields.IntOr("n_group", 1));
  SPACEMOE_ASSIGN_OR_RETURN(rule.kept_groups,
                            fields.IntOr("topk_group", rule.groups));
  // One group is no limit, however its scores would add up.
  rule.group_best = rule.groups == 1 ? 1 : group_best;
  return CheckGroups(fields, rule, config);
}

absl::Status ReadSigmoidRouting(const FieldReader& fields,
                                const SigmoidDefaults& defaults,
                                ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(
      fields.RequireOneOf("scoring_func", {"sigmoid", "noaux_tc"}));
  SPACEMOE_RETURN_IF_ERROR(fields.RequireOneOf("topk_method", {"noaux_tc"}));
  SPACEMOE_ASSIGN_OR_RETURN(
      config.routing.renormalise,
      fields.BoolOr("norm_topk_prob", defaults.norm_topk_prob));
  SPACEMOE_ASSIGN_OR_RETURN(config.routing.scale,
                            fields.PositiveOr("routed_scaling_factor",
                                              defaults.routed_scaling_factor));
  return ReadGroups(fields, /*group_best=*/2, config);
}

void WriteLatentAttention(const ModelConfig& config, nlohmann::json& json) {
  const LatentAttention latent = config.latent.value_or(LatentAttention());
  json["q_lora_rank"] = nullptr;
  if (latent.query_rank > 0) json["q_lora_rank"] = latent.query_rank;
  json["kv_lora_rank"] = latent.kv_rank;
  json["qk_nope_head_dim"] = latent.nope_dim;
  json["qk_rope_head_dim"] = latent.rope_dim;
  json["v_head_dim"] = latent.value_dim;
  json["attention_bias"] = config.attention_bias;
}

void WriteGroups(const ModelConfig& config, nlohmann::json& json) {
  json["n_group"] = config.routing.groups;
  json["topk_group"] = config.routing.kept_groups;
}

void WriteSigmoidRouting(const ModelConfig& config, nlohmann::json& json) {
  WriteGroups(config, json);
  json["scoring_func"] = "sigmoid";
  json["topk_method"] = "noaux_tc";
  json["norm_topk_prob"] = config.routing.renormalise;
  json["routed_scaling_factor"] = config.routing.scale;
}

RoutingRule SigmoidRule() {
  return {.kind = RoutingKind::kSigmoidTopK,
          .correction_bias = true,
          .sum_epsilon = 1e-20,
          .float32_logits = true};
}

}  // namespace spacemoe
