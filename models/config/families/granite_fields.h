// The config fields that Granite's families share: four multipliers and the
// attention's biases.
#ifndef SPACEMOE_MODELS_CONFIG_FAMILIES_GRANITE_FIELDS_H_
#define SPACEMOE_MODELS_CONFIG_FAMILIES_GRANITE_FIELDS_H_

#include "absl/status/status.h"
#include "models/config/field_reader.h"
#include "models/config/model_config.h"

namespace spacemoe {

absl::Status ReadGraniteFields(const FieldReader& fields, ModelConfig& config);
void WriteGraniteFields(const ModelConfig& config, nlohmann::json& json);
absl::Status ReadGraniteGgufFields(const FieldReader& fields,
                                   ModelConfig& config);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_FAMILIES_GRANITE_FIELDS_H_
