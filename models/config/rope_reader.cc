#include "models/config/rope_reader.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr std::int64_t kMaxPositions = std::int64_t{1} << 31;
constexpr char kTrainedContext[] = "original_max_position_embeddings";
constexpr RopeType kHuggingFaceTypes[] = {
    RopeType::kNone,   RopeType::kLinear, RopeType::kDynamic,
    RopeType::kLlama3, RopeType::kYarn,   RopeType::kLongRope};
constexpr std::string_view kKnownTypes =
    "default, linear, dynamic, llama3, yarn, longrope";

absl::StatusOr<RopeType> ParseType(const FieldReader& fields,
                                   std::string_view field) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string name,
                            fields.StringOr(field, "default"));
  for (const RopeType type : kHuggingFaceTypes) {
    if (name == RopeTypeName(type)) return type;
  }
  return fields.Unsupported(field, kKnownTypes);
}

absl::Status ReadLlama3(const FieldReader& fields, RopeScaling& scaling) {
  SPACEMOE_ASSIGN_OR_RETURN(scaling.low_freq_factor,
                            fields.Positive("low_freq_factor"));
  SPACEMOE_ASSIGN_OR_RETURN(scaling.high_freq_factor,
                            fields.Positive("high_freq_factor"));
  if (scaling.high_freq_factor >= scaling.low_freq_factor) {
    return absl::OkStatus();
  }
  return fields.Wrong(
      "high_freq_factor",
      absl::StrCat("at least low_freq_factor (", scaling.low_freq_factor, ")"));
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

// transformers' default: sqrt(1 + ln(factor) / ln(trained context)).
double LongRopeAttentionFactor(const RopeScaling& scaling) {
  if (scaling.factor <= 1) return 1;
  const auto original = static_cast<double>(scaling.original_max_positions);
  return std::sqrt(1 + std::log(scaling.factor) / std::log(original));
}

absl::Status ReadLongRope(const FieldReader& fields, RopeScaling& scaling) {
  SPACEMOE_ASSIGN_OR_RETURN(scaling.short_factors,
                            fields.PositiveList("short_factor"));
  SPACEMOE_ASSIGN_OR_RETURN(scaling.long_factors,
                            fields.PositiveList("long_factor"));
  SPACEMOE_ASSIGN_OR_RETURN(scaling.attention_factor,
                            fields.OptionalPositive("attention_factor"));
  if (!scaling.attention_factor) {
    scaling.attention_factor = LongRopeAttentionFactor(scaling);
  }
  return absl::OkStatus();
}

// What a type has beside its factor.
absl::Status ReadOwnFields(const FieldReader& fields, RopeScaling& scaling) {
  switch (scaling.type) {
    case RopeType::kLlama3:
      return ReadLlama3(fields, scaling);
    case RopeType::kYarn:
      return ReadYarn(fields, scaling);
    case RopeType::kLongRope:
      return ReadLongRope(fields, scaling);
    default:
      return absl::OkStatus();
  }
}

// How far the context was stretched, which yarn and longrope need not say.
absl::StatusOr<double> ReadFactor(const FieldReader& fields, RopeType type,
                                  double stretch) {
  const bool optional = type == RopeType::kYarn || type == RopeType::kLongRope;
  if (optional) return fields.PositiveOr("factor", stretch);
  return fields.Positive("factor");
}

absl::Status RefuseFieldsByLayerType(const FieldReader& fields) {
  for (const char* field :
       {"full_attention", "sliding_attention", "chunked_attention"}) {
    if (fields.Has(field)) {
      return fields.Unsupported(field, "one setting for all layers");
    }
  }
  return absl::OkStatus();
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
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::int64_t trained,
      TrainedContext(fields, outer, config.max_positions));
  SPACEMOE_ASSIGN_OR_RETURN(
      scaling.factor, ReadFactor(fields, scaling.type,
                                 static_cast<double>(config.max_positions) /
                                     static_cast<double>(trained)));
  if (scaling.type == RopeType::kLinear) return scaling;
  const bool dynamic = scaling.type == RopeType::kDynamic;
  scaling.original_max_positions = dynamic ? config.max_positions : trained;
  SPACEMOE_RETURN_IF_ERROR(ReadOwnFields(fields, scaling));
  return scaling;
}

// Dynamic scaling is for texts beyond max_position_embeddings.
void StretchContext(ModelConfig& config) {
  if (config.rope_scaling.type != RopeType::kDynamic) return;
  const double stretched =
      static_cast<double>(config.max_positions) * config.rope_scaling.factor;
  config.max_positions = static_cast<std::int64_t>(
      std::clamp(stretched, static_cast<double>(config.max_positions),
                 static_cast<double>(kMaxPositions)));
}

absl::Status RefusePartialRotary(const FieldReader& fields) {
  SPACEMOE_ASSIGN_OR_RETURN(const double part,
                            fields.PositiveOr("partial_rotary_factor", 1.0));
  if (part == 1.0) return absl::OkStatus();
  return fields.Unsupported("partial_rotary_factor", "1");
}

}  // namespace

absl::Status RefusePartialRotaryAnywhere(const FieldReader& fields) {
  SPACEMOE_RETURN_IF_ERROR(RefusePartialRotary(fields));
  for (const char* field : {"rope_scaling", "rope_parameters"}) {
    SPACEMOE_ASSIGN_OR_RETURN(const auto object, fields.Object(field));
    if (object) SPACEMOE_RETURN_IF_ERROR(RefusePartialRotary(*object));
  }
  return absl::OkStatus();
}
absl::Status ReadPartialRotary(const FieldReader& fields, double fallback,
                               ModelConfig& config) {
  double part = fallback;
  for (const char* name : {"rope_scaling", "rope_parameters"}) {
    SPACEMOE_ASSIGN_OR_RETURN(const auto object, fields.Object(name));
    if (!object) continue;
    SPACEMOE_ASSIGN_OR_RETURN(
        part, object->PositiveOr("partial_rotary_factor", part));
  }
  SPACEMOE_ASSIGN_OR_RETURN(part,
                            fields.PositiveOr("partial_rotary_factor", part));
  config.rotary_dim =
      static_cast<std::int64_t>(static_cast<double>(config.head_dim) * part);
  if (part <= 1 && config.rotary_dim > 0 && config.rotary_dim % 2 == 0) {
    return absl::OkStatus();
  }
  return fields.Wrong(
      "partial_rotary_factor",
      absl::StrCat("a part of head_dim (", config.head_dim, ") that is even"));
}

void WritePartialRotary(const ModelConfig& config, nlohmann::json& json) {
  json["partial_rotary_factor"] = static_cast<double>(config.RotaryDim()) /
                                  static_cast<double>(config.head_dim);
}

std::string_view RopeTypeName(RopeType type) {
  switch (type) {
    case RopeType::kNone:
      return "default";
    case RopeType::kLinear:
      return "linear";
    case RopeType::kDynamic:
      return "dynamic";
    case RopeType::kLlama3:
      return "llama3";
    case RopeType::kYarn:
      return "yarn";
    case RopeType::kLongRope:
      return "longrope";
    case RopeType::kNtkAlpha:
      return "dynamic with alpha";
  }
  return "unknown";
}

absl::Status ReadHuggingFaceRope(const FieldReader& fields,
                                 ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.rope_theta,
                            fields.PositiveOr("rope_theta", config.rope_theta));
  for (const char* field : {"rope_scaling", "rope_parameters"}) {
    SPACEMOE_ASSIGN_OR_RETURN(const auto object, fields.Object(field));
    if (!object) continue;
    SPACEMOE_RETURN_IF_ERROR(RefuseFieldsByLayerType(*object));
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
  StretchContext(config);
  return absl::OkStatus();
}

absl::Status CheckRopeFactors(const FieldReader& fields,
                              const ModelConfig& config) {
  const RopeScaling& scaling = config.rope_scaling;
  if (scaling.type != RopeType::kLongRope) return absl::OkStatus();
  const auto wanted = static_cast<std::size_t>(config.RotaryDim() / 2);
  const std::size_t found[] = {scaling.short_factors.size(),
                               scaling.long_factors.size()};
  for (const std::size_t count : found) {
    if (count == wanted) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        fields.where(), ": expected ", wanted,
        " longrope factors, one for each two of the ", config.RotaryDim(),
        " rotated values of a head, found ", count));
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
  if (scaling.type == RopeType::kDynamic) {
    json["max_position_embeddings"] = scaling.original_max_positions;
    return;
  }
  out["original_max_position_embeddings"] = scaling.original_max_positions;
  if (scaling.type == RopeType::kLlama3) {
    out["low_freq_factor"] = scaling.low_freq_factor;
    out["high_freq_factor"] = scaling.high_freq_factor;
    return;
  }
  if (scaling.type == RopeType::kLongRope) {
    out["short_factor"] = scaling.short_factors;
    out["long_factor"] = scaling.long_factors;
    out["attention_factor"] = scaling.attention_factor.value_or(1);
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
