#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/config/rope_reader.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr std::int64_t kMaxPositions = std::int64_t{1} << 31;
constexpr char kType[] = "rope.scaling.type";
constexpr char kTrainedContext[] = "rope.scaling.original_context_length";

// Scaling that is a list of factors, in llama.cpp's tensors.
absl::Status ReadFactors(const FieldReader& fields, const std::string& type,
                         const std::vector<float>& short_ones,
                         const std::vector<float>& long_ones,
                         ModelConfig& config) {
  if (short_ones.empty() || long_ones.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        fields.where(), ": tensor rope_factors_",
        short_ones.empty() ? "short" : "long", ".weight is missing"));
  }
  if (type != "none" && type != "longrope") {
    return fields.Unsupported(kType, "none, longrope beside rope factors");
  }
  RopeScaling& scaling = config.rope_scaling;
  scaling.type = RopeType::kLongRope;
  scaling.short_factors.assign(short_ones.begin(), short_ones.end());
  scaling.long_factors.assign(long_ones.begin(), long_ones.end());
  SPACEMOE_ASSIGN_OR_RETURN(
      scaling.original_max_positions,
      fields.IntOr(kTrainedContext, config.max_positions, 1, kMaxPositions));
  scaling.factor = static_cast<double>(config.max_positions) /
                   static_cast<double>(scaling.original_max_positions);
  SPACEMOE_ASSIGN_OR_RETURN(scaling.attention_factor,
                            fields.PositiveOr("rope.scaling.attn_factor", 1.0));
  return absl::OkStatus();
}

// Where the converter got an attention factor from the config it wrote
// yarn_attn_factor, which is all that cos and sin are multiplied by.
absl::Status ReadYarnScale(const FieldReader& fields, RopeScaling& scaling) {
  SPACEMOE_ASSIGN_OR_RETURN(
      scaling.attention_factor,
      fields.OptionalPositive("rope.scaling.yarn_attn_factor"));
  // 0.1 times mscale_all_dim of a DeepSeek's config, where mscale is as large:
  // cos and sin are not multiplied, the logits are.
  SPACEMOE_ASSIGN_OR_RETURN(
      const double multiplier,
      fields.NotNegativeOr("rope.scaling.yarn_log_multiplier", 0));
  if (multiplier == 0) return absl::OkStatus();
  scaling.mscale = multiplier * 10;
  scaling.mscale_all_dim = multiplier * 10;
  return absl::OkStatus();
}

absl::Status ReadYarn(const FieldReader& fields, ModelConfig& config) {
  RopeScaling& scaling = config.rope_scaling;
  scaling.type = RopeType::kYarn;
  SPACEMOE_ASSIGN_OR_RETURN(
      scaling.original_max_positions,
      fields.IntOr(kTrainedContext, config.max_positions, 1, kMaxPositions));
  SPACEMOE_ASSIGN_OR_RETURN(
      scaling.beta_fast,
      fields.PositiveOr("rope.scaling.yarn_beta_fast", scaling.beta_fast));
  SPACEMOE_ASSIGN_OR_RETURN(
      scaling.beta_slow,
      fields.PositiveOr("rope.scaling.yarn_beta_slow", scaling.beta_slow));
  return ReadYarnScale(fields, scaling);
}

}  // namespace

absl::Status ReadGgufRope(const FieldReader& fields,
                          const GgufRopeFactors& factors, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.rope_theta,
                            fields.PositiveOr("rope.freq_base", 10000.0));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string type,
                            fields.StringOr(kType, "none"));
  if (!factors.all.empty()) {
    return ReadFactors(fields, type, factors.all, factors.all, config);
  }
  if (!factors.short_ones.empty() || !factors.long_ones.empty()) {
    return ReadFactors(fields, type, factors.short_ones, factors.long_ones,
                       config);
  }
  if (type == "none") return absl::OkStatus();
  if (type != "linear" && type != "yarn") {
    return fields.Unsupported(
        kType, "none, linear, yarn, longrope with tensors of factors");
  }
  SPACEMOE_ASSIGN_OR_RETURN(config.rope_scaling.factor,
                            fields.Positive("rope.scaling.factor"));
  if (type == "yarn") return ReadYarn(fields, config);
  config.rope_scaling.type = RopeType::kLinear;
  return absl::OkStatus();
}

}  // namespace spacemoe
