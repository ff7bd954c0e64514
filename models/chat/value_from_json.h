// JSON to the values of templates.
#ifndef SPACEMOE_MODELS_CHAT_VALUE_FROM_JSON_H_
#define SPACEMOE_MODELS_CHAT_VALUE_FROM_JSON_H_

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "models/chat/value.h"

namespace spacemoe::jinja {

// The order of keys is kept. InvalidArgument for strings that are not UTF-8,
// integers of more than 63 bits and values nested more than 100 deep.
absl::StatusOr<Value> ValueFromJson(const nlohmann::ordered_json& json);

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_VALUE_FROM_JSON_H_
