#include "models/chat/value_from_json.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "models/chat/render_runtime.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

using Json = nlohmann::ordered_json;
using Result = absl::StatusOr<Value>;

Result Convert(const Json& json, int depth);

Result ConvertString(const std::string& text) {
  if (FindInvalidUtf8(text).has_value()) {
    return absl::InvalidArgumentError("a string is not UTF-8");
  }
  return Value::String(text);
}

Result ConvertInteger(const Json& json) {
  const bool huge = json.is_number_unsigned() &&
                    json.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX);
  if (huge) {
    return absl::InvalidArgumentError(
        absl::StrCat("the integer ", json.dump(), " is too large"));
  }
  return Value::Int(json.get<int64_t>());
}

Result ConvertArray(const Json& json, int depth) {
  auto list = std::make_shared<Sequence>();
  for (const Json& item : json) {
    SPACEMOE_ASSIGN_OR_RETURN(Value value, Convert(item, depth + 1));
    list->depth = std::max(list->depth, 1 + DepthOf(value));
    list->items.push_back(std::move(value));
  }
  return Value::Of(std::move(list));
}

Result ConvertObject(const Json& json, int depth) {
  auto dict = std::make_shared<Dict>();
  for (const auto& [name, item] : json.items()) {
    SPACEMOE_ASSIGN_OR_RETURN(const Value key, ConvertString(name));
    SPACEMOE_ASSIGN_OR_RETURN(Value value, Convert(item, depth + 1));
    dict->Set(key, std::move(value));
  }
  return Value::Of(std::shared_ptr<const Dict>(std::move(dict)));
}

Result Convert(const Json& json, int depth) {
  if (depth > kMaxValueDepth) {
    return absl::InvalidArgumentError(
        absl::StrCat("nested more than ", kMaxValueDepth, " deep"));
  }
  if (json.is_null()) return Value();
  if (json.is_boolean()) return Value::Bool(json.get<bool>());
  if (json.is_number_integer()) return ConvertInteger(json);
  if (json.is_number_float()) return Value::Float(json.get<double>());
  if (json.is_string())
    return ConvertString(json.get_ref<const std::string&>());
  if (json.is_array()) return ConvertArray(json, depth);
  if (json.is_object()) return ConvertObject(json, depth);
  return absl::InvalidArgumentError("binary values have no meaning here");
}

}  // namespace

Result ValueFromJson(const Json& json) { return Convert(json, 0); }

}  // namespace spacemoe::jinja
