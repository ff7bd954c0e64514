// JSON from outside.
#ifndef SPACEMOE_MODELS_CONFIG_JSON_TEXT_H_
#define SPACEMOE_MODELS_CONFIG_JSON_TEXT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace spacemoe {

// Parses an object. INVALID_ARGUMENT, beginning with `where`, for text that is
// not JSON, is nested more than 64 deep, names a field twice in the outermost
// object, or is not an object.
absl::StatusOr<nlohmann::json> ParseJsonObject(std::string_view text,
                                               const std::string& where);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_JSON_TEXT_H_
