#include "models/config/rope_reader.h"

#include <array>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr std::int64_t kMaxPositions = std::int64_t{1} << 31;
constexpr char kTrainedContext[] = "original_max_position_embeddings";
constexpr std::string_view kKnownTypes = "default, linear, llama3, yarn";

absl::StatusOr<RopeType> ParseType(const FieldReader& fields,
                                   std::string_view field) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string name,
                            fields.StringOr(field, "default"));
  for (const RopeType type : {RopeType::kNone, RopeType::kLinear,
                              RopeType::kLlama3, RopeType::kYarn}) {
    if (name == RopeTypeName(type)) return type;
  }
  return fields.Unsupported(field, kKnownTypes);
}

absl::Status ReadLlama3(const FieldReader& fields, RopeScaling& scaling) {
  SPACEMOE_ASSIGN_OR_RETURN(scaling.low_freq_factor,
                            fields.Positive("low_freq_factor"));
  SPACEMOE_ASSIGN_OR_RETURN(scaling.high_freq_factor,
                            fields.Positive("high_freq_factor"));
  if (scaling.high_freq_factor > scaling.low_freq_factor) {
    return absl::OkStatus();
  }
  return fields.Wrong("high_freq_factor",
                      absl::StrCat("more than low_freq_factor (",
                                   scaling.low_freq_factor, ")"));
}

// transformers takes 0 for "not given" in some of these.
absl::StatusOr<std::optional<double>> PositiveOrZero(const FieldReader& fields,
                                                     std::string_view field) {
  const auto zero = fields.IntOr(field, 1, 0, 0);
  if (zero.ok() && *zero == 0) return std::optional<double>();
  return fields.OptionalPositive(field);
}

absl::Status ReadYarn(const FieldReader& fields, RopeScaling& scaling) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto fast,
                            PositiveOrZero(fields, "beta_fast"));
  SPACEMOE_ASSIGN_OR_RETURN(const auto slow,
                            PositiveOrZero(fields, "beta_slow"));
  scaling.beta_fast = fast.value_or(scaling.beta_fast);
  scaling.beta_slow = slow.value_or(scaling.beta_slow);
  SPACEMOE_ASSIGN_OR_RETURN(scaling.truncate, fields.BoolOr("truncate", true));
  SPACEMOE_ASSIGN_OR_RETURN(scaling.attention_factor,
                            fields.OptionalPositive("attention_factor"));
  SPACEMOE_ASSIGN_OR_RETURN(scaling.mscale, PositiveOrZero(fields, "mscale"));
  SPACEMOE_ASSIGN_OR_RETURN(scaling.mscale_all_dim,
                            PositiveOrZero(fields, "mscale_all_dim"));
  return absl::OkStatus();
}

// The context that the model was trained with, which may be in `outer`, or be
// the whole of today's.
absl::StatusOr<std::int64_t> TrainedContext(const FieldReader& fields,
                                            const FieldReader& outer,
                                            std::int64_t max_positions) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::int64_t usual,
      outer.IntOr(kTrainedContext, max_positions, 1, kMaxPositions));
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::int64_t trained,
      fields.IntOr(kTrainedContext, usual, 1, kMaxPositions));
  if (trained == usual || !outer.Has(kTrainedContext)) return trained;
  return fields.Wrong(
      kTrainedContext,
      absl::StrCat("the field ", kTrainedContext, "'s ", usual));
}

// `fields`: rope_scaling or rope_parameters of `outer`.
absl::StatusOr<RopeScaling> ReadScaling(const FieldReader& fields,
                                        const FieldReader& outer,
                                        const ModelConfig& config) {
  RopeScaling scaling;
  const bool old_name = !fields.Has("rope_type") && fields.Has("type");
  SPACEMOE_ASSIGN_OR_RETURN(scaling.type,
                            ParseType(fields, old_name ? "type" : "rope_type"));
  if (scaling.type == RopeType::kNone) return scaling;
  SPACEMOE_ASSIGN_OR_RETURN(scaling.factor, fields.Positive("factor"));
  if (scaling.type == RopeType::kLinear) return scaling;
  SPACEMOE_ASSIGN_OR_RETURN(
      scaling.original_max_positions,
      TrainedContext(fields, outer, config.max_positions));
  SPACEMOE_RETURN_IF_ERROR(scaling.type == RopeType::kLlama3
                               ? ReadLlama3(fields, scaling)
                               : ReadYarn(fields, scaling));
  return scaling;
}

absl::Status RefusePartialRotary(const FieldReader& fields) {
  SPACEMOE_ASSIGN_OR_RETURN(const double part,
                            fields.PositiveOr("partial_rotary_factor", 1.0));
  if (part == 1.0) return absl::OkStatus();
  return fields.Unsupported("partial_rotary_factor", "1");
}

}  // namespace

std::string_view RopeTypeName(RopeType type) {
  switch (type) {
    case RopeType::kNone:
      return "default";
    case RopeType::kLinear:
      return "linear";
    case RopeType::kLlama3:
      return "llama3";
    case RopeType::kYarn:
      return "yarn";
  }
  return "unknown";
}

absl::Status ReadHuggingFaceRope(const FieldReader& fields,
                                 ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(RefusePartialRotary(fields));
  SPACEMOE_ASSIGN_OR_RETURN(config.rope_theta,
                            fields.PositiveOr("rope_theta", config.rope_theta));
  for (const char* field : {"rope_scaling", "rope_parameters"}) {
    SPACEMOE_ASSIGN_OR_RETURN(const auto object, fields.Object(field));
    if (!object) continue;
    SPACEMOE_RETURN_IF_ERROR(RefusePartialRotary(*object));
    SPACEMOE_ASSIGN_OR_RETURN(
        const double theta,
        object->PositiveOr("rope_theta", config.rope_theta));
    if (fields.Has("rope_theta") && theta != config.rope_theta) {
      return object->Wrong("rope_theta", absl::StrCat("the field rope_theta's ",
                                                      config.rope_theta));
    }
    config.rope_theta = theta;
    SPACEMOE_ASSIGN_OR_RETURN(const RopeScaling scaling,
                              ReadScaling(*object, fields, config));
    if (std::string_view(field) == "rope_parameters" &&
        config.rope_scaling.type != RopeType::kNone &&
        scaling != config.rope_scaling) {
      return fields.Wrong(field, "the same as rope_scaling");
    }
    config.rope_scaling = scaling;
  }
  return absl::OkStatus();
}

absl::Status ReadGgufRope(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.rope_theta,
                            fields.PositiveOr("rope.freq_base", 10000.0));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string type,
                            fields.StringOr("rope.scaling.type", "none"));
  RopeScaling& scaling = config.rope_scaling;
  if (type == "none") return absl::OkStatus();
  if (type != "linear" && type != "yarn") {
    return fields.Unsupported("rope.scaling.type", "none, linear, yarn");
  }
  scaling.type = type == "linear" ? RopeType::kLinear : RopeType::kYarn;
  SPACEMOE_ASSIGN_OR_RETURN(scaling.factor,
                            fields.Positive("rope.scaling.factor"));
  if (scaling.type == RopeType::kLinear) return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(
      scaling.original_max_positions,
      fields.IntOr("rope.scaling.original_context_length", config.max_positions,
                   1, kMaxPositions));
  SPACEMOE_ASSIGN_OR_RETURN(
      scaling.beta_fast,
      fields.PositiveOr("rope.scaling.yarn_beta_fast", scaling.beta_fast));
  SPACEMOE_ASSIGN_OR_RETURN(
      scaling.beta_slow,
      fields.PositiveOr("rope.scaling.yarn_beta_slow", scaling.beta_slow));
  for (const char* field :
       {"rope.scaling.attn_factor", "rope.scaling.yarn_attn_factor",
        "rope.scaling.yarn_log_multiplier", "rope.scaling.yarn_ext_factor"}) {
    if (fields.Has(field)) return fields.Unsupported(field, "no such field");
  }
  return absl::OkStatus();
}

void WriteHuggingFaceRope(const ModelConfig& config, nlohmann::json& json) {
  const RopeScaling& scaling = config.rope_scaling;
  json["rope_theta"] = config.rope_theta;
  json["rope_scaling"] = nullptr;
  if (scaling.type == RopeType::kNone) return;
  nlohmann::json& out = json["rope_scaling"];
  out = {{"rope_type", std::string(RopeTypeName(scaling.type))},
         {"factor", scaling.factor}};
  if (scaling.type == RopeType::kLinear) return;
  out["original_max_position_embeddings"] = scaling.original_max_positions;
  if (scaling.type == RopeType::kLlama3) {
    out["low_freq_factor"] = scaling.low_freq_factor;
    out["high_freq_factor"] = scaling.high_freq_factor;
    return;
  }
  out["beta_fast"] = scaling.beta_fast;
  out["beta_slow"] = scaling.beta_slow;
  if (!scaling.truncate) out["truncate"] = false;
  if (scaling.attention_factor) {
    out["attention_factor"] = *scaling.attention_factor;
  }
  if (scaling.mscale) out["mscale"] = *scaling.mscale;
  if (scaling.mscale_all_dim) out["mscale_all_dim"] = *scaling.mscale_all_dim;
}

}  // namespace spacemoe
