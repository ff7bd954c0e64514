#include "models/config/families/granite_fields.h"

#include "runtime/base/status_macros.h"

namespace spacemoe {

// transformers' defaults are all 1, for attention too.
absl::Status ReadGraniteFields(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.expert_width,
                            fields.Int("intermediate_size"));
  SPACEMOE_ASSIGN_OR_RETURN(config.attention_scale,
                            fields.PositiveOr("attention_multiplier", 1.0));
  SPACEMOE_ASSIGN_OR_RETURN(config.embedding_multiplier,
                            fields.PositiveOr("embedding_multiplier", 1.0));
  SPACEMOE_ASSIGN_OR_RETURN(config.residual_multiplier,
                            fields.PositiveOr("residual_multiplier", 1.0));
  SPACEMOE_ASSIGN_OR_RETURN(config.logits_scaling,
                            fields.PositiveOr("logits_scaling", 1.0));
  SPACEMOE_ASSIGN_OR_RETURN(config.attention_bias,
                            fields.BoolOr("attention_bias", false));
  config.output_bias = config.attention_bias;
  return absl::OkStatus();
}

void WriteGraniteFields(const ModelConfig& config, nlohmann::json& json) {
  json["attention_multiplier"] = config.attention_scale;
  json["embedding_multiplier"] = config.embedding_multiplier;
  json["residual_multiplier"] = config.residual_multiplier;
  json["logits_scaling"] = config.logits_scaling;
  json["attention_bias"] = config.attention_bias;
}

// llama.cpp's defaults: no multiplier; attention keeps head_dim^-0.5.
absl::Status ReadGraniteGgufFields(const FieldReader& fields,
                                   ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.expert_width,
                            fields.Int("feed_forward_length"));
  SPACEMOE_ASSIGN_OR_RETURN(
      config.attention_scale,
      fields.PositiveOr("attention.scale", config.attention_scale));
  SPACEMOE_ASSIGN_OR_RETURN(config.embedding_multiplier,
                            fields.PositiveOr("embedding_scale", 1.0));
  SPACEMOE_ASSIGN_OR_RETURN(config.residual_multiplier,
                            fields.PositiveOr("residual_scale", 1.0));
  SPACEMOE_ASSIGN_OR_RETURN(config.logits_scaling,
                            fields.PositiveOr("logit_scale", 1.0));
  return absl::OkStatus();
}

}  // namespace spacemoe
