// Which weights a model of a config has.
#ifndef SPACEMOE_MODELS_CONFIG_ROLE_PRESENCE_H_
#define SPACEMOE_MODELS_CONFIG_ROLE_PRESENCE_H_

#include <cstdint>

#include "models/config/tensor_role.h"

namespace spacemoe {

// `layer` is needed for a gateway's roles.
bool HasRole(TensorRole role, const ModelConfig& config, std::int64_t layer);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_ROLE_PRESENCE_H_
