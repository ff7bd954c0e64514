// value.name, value[key] and value[a:b:c], with Jinja's order of looking.
#ifndef SPACEMOE_MODELS_CHAT_ATTRIBUTES_H_
#define SPACEMOE_MODELS_CHAT_ATTRIBUTES_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "models/chat/render_runtime.h"
#include "models/chat/value.h"

namespace spacemoe::jinja {

// The attribute, else the item, else an undefined value that says so. An
// error only if `value` is itself undefined.
absl::StatusOr<Value> GetAttribute(Runtime& runtime, const Value& value,
                                   const std::string& name);
// The item, else the attribute, else undefined.
absl::StatusOr<Value> GetItem(Runtime& runtime, const Value& value,
                              const Value& key);
// None for a bound that is left out.
absl::StatusOr<Value> GetSlice(Runtime& runtime, const Value& value,
                               const Value& start, const Value& stop,
                               const Value& step);

// A method of str, list or dict. Methods that would change the value give an
// undefined value that says that this is not safe.
std::optional<Value> FindMethod(const Value& value, const std::string& name);

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_ATTRIBUTES_H_
