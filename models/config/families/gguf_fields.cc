#include "models/config/families/gguf_fields.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "models/config/families/layer_fields.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {

bool AlwaysMatchesGguf(const FieldReader&, const GgufFacts&) { return true; }

absl::Status ReadGgufWidths(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.dense_width,
                            fields.IntOr("feed_forward_length", 0, 0));
  const bool own = fields.Has("expert_feed_forward_length");
  SPACEMOE_ASSIGN_OR_RETURN(
      config.expert_width,
      fields.Int(own ? "expert_feed_forward_length" : "feed_forward_length"));
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t shared,
                            fields.IntOr("expert_shared_count", 0, 0));
  config.shared_width = shared * config.expert_width;
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t dense,
                            fields.IntOr("leading_dense_block_count", 0, 0));
  return MarkDense(
      fields, "leading_dense_block_count",
      [dense](std::int64_t l) { return l < dense; }, config);
}

absl::Status ReadGgufWindow(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::int64_t window,
      fields.IntOr("attention.sliding_window", 0, 0, kMaxCount));
  if (window > 0) config.sliding_window = window;
  return absl::OkStatus();
}

absl::Status ReadGgufWindowedLayers(const FieldReader& fields,
                                    std::int64_t fallback,
                                    ModelConfig& config) {
  constexpr char kField[] = "attention.sliding_window_pattern";
  if (!config.sliding_window) return absl::OkStatus();
  std::vector<bool> windowed;
  if (!fields.Has(kField) || fields.Scalar(kField)) {
    SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t period,
                              fields.IntOr(kField, fallback, 0));
    for (std::int64_t l = 0; l < config.layers; ++l) {
      windowed.push_back(period == 0 || l % period < period - 1);
    }
  } else {
    SPACEMOE_ASSIGN_OR_RETURN(windowed, fields.BoolList(kField, config.layers));
  }
  for (std::int64_t l = 0; l < config.layers; ++l) {
    if (!windowed[l]) config.EditLayer(l).windowed = false;
  }
  return absl::OkStatus();
}

absl::Status ReadGgufRouting(const FieldReader& fields, std::int64_t group_best,
                             ModelConfig& config) {
  RoutingRule& rule = config.routing;
  SPACEMOE_ASSIGN_OR_RETURN(rule.scale,
                            fields.PositiveOr("expert_weights_scale", 1.0));
  SPACEMOE_ASSIGN_OR_RETURN(
      rule.renormalise, fields.BoolOr("expert_weights_norm", rule.renormalise));
  SPACEMOE_ASSIGN_OR_RETURN(rule.groups, fields.IntOr("expert_group_count", 1));
  SPACEMOE_ASSIGN_OR_RETURN(
      rule.kept_groups, fields.IntOr("expert_group_used_count", rule.groups));
  rule.group_best = rule.groups == 1 ? 1 : group_best;
  const bool fits = config.experts % rule.groups == 0 &&
                    rule.kept_groups <= rule.groups &&
                    rule.group_best <= config.experts / rule.groups &&
                    rule.kept_groups * (config.experts / rule.groups) >=
                        config.experts_per_token;
  if (fits) return absl::OkStatus();
  return fields.Wrong(
      "expert_group_count",
      absl::StrCat("groups that the ", config.experts,
                   " experts fall into, with enough experts in those used"));
}

}  // namespace spacemoe
