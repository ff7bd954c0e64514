// What must hold between the fields of a config, whatever they are called.
#ifndef SPACEMOE_MODELS_CONFIG_CONFIG_CHECK_H_
#define SPACEMOE_MODELS_CONFIG_CONFIG_CHECK_H_

#include <string_view>

#include "absl/status/status.h"
#include "models/config/field_reader.h"
#include "models/config/model_config.h"

namespace spacemoe {

// The names that a format gives to the fields that depend on each other.
// Without a name for head_dim neither it nor attention_scale is set.
struct DimensionFields {
  std::string_view hidden_size;
  std::string_view heads;
  std::string_view kv_heads;
  std::string_view head_dim;
  std::string_view experts;
  std::string_view experts_per_token;
};

// Reads these fields, the derived ones where they are missing, and checks
// them against each other. Also sets attention_scale to head_dim^-0.5.
// experts_per_token may be a list, one for each of config.layers.
absl::Status ReadDimensions(const FieldReader& fields,
                            const DimensionFields& names, ModelConfig& config);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_CONFIG_CHECK_H_
