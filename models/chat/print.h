// Values as text: as Python prints them, and as JSON.
#ifndef SPACEMOE_MODELS_CHAT_PRINT_H_
#define SPACEMOE_MODELS_CHAT_PRINT_H_

#include <string>

#include "absl/status/statusor.h"
#include "models/chat/render_runtime.h"
#include "models/chat/value.h"

namespace spacemoe::jinja {

// str(value); an undefined value is empty.
absl::StatusOr<std::string> ToText(Runtime& runtime, const Value& value);
// repr(value).
absl::StatusOr<std::string> ToRepr(Runtime& runtime, const Value& value);
std::string FloatRepr(double number);

struct JsonFormat {
  bool ensure_ascii = false;
  bool sort_keys = false;
  bool multi_line = false;  // json.dumps(indent=...)
  std::string indent;       // one level
  std::string item_separator = ", ";
  std::string key_separator = ": ";
};

// json.dumps(value).
absl::StatusOr<std::string> ToJson(Runtime& runtime, const Value& value,
                                   const JsonFormat& format);

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_PRINT_H_
