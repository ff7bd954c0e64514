// What Granite's families share: config fields (four multipliers and the
// attention's biases) and tensors' names.
#ifndef SPACEMOE_MODELS_CONFIG_FAMILIES_GRANITE_FIELDS_H_
#define SPACEMOE_MODELS_CONFIG_FAMILIES_GRANITE_FIELDS_H_

#include <span>

#include "absl/status/status.h"
#include "models/config/family.h"
#include "models/config/field_reader.h"
#include "models/config/model_config.h"

namespace spacemoe {

absl::Status ReadGraniteFields(const FieldReader& fields, ModelConfig& config);
void WriteGraniteFields(const ModelConfig& config, nlohmann::json& json);
absl::Status ReadGraniteGgufFields(const FieldReader& fields,
                                   ModelConfig& config);

// Without the shared part.
std::span<const TensorName> GraniteNames();
// With it.
std::span<const TensorName> GraniteGgufNames();

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_FAMILIES_GRANITE_FIELDS_H_
