#include "coordinator/api/openai/fields.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "runtime/base/json_depth.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::openai {
namespace {

// Deeper than any request; a parsed value takes memory for each level.
constexpr int kMaxDepth = 64;
constexpr size_t kMaxShown = 40;

// What the parser says, without its number and without the input.
std::string Reason(const std::string& what) {
  const size_t bracket = what.find("] ");
  const size_t start = bracket == std::string::npos ? 0 : bracket + 2;
  return what.substr(start, what.find("; last read", start) - start);
}

// A value for a message; whole structures are not shown.
std::string Show(const Json& value) {
  if (value.is_structured() || value.is_string()) return KindOf(value);
  std::string text = Dump(value);
  if (text.size() > kMaxShown) text = absl::StrCat(text.substr(0, kMaxShown));
  return text;
}

bool IsWhole(double value) {
  return std::floor(value) == value && std::abs(value) < 9e15;
}

}  // namespace

absl::StatusOr<Json> ParseBody(std::string_view body) {
  if (NestsDeeperThan(kMaxDepth, body)) {
    return ArgumentError("", absl::StrCat("the body is nested more than ",
                                          kMaxDepth, " levels deep"));
  }
  try {
    Json json = Json::parse(body.begin(), body.end());
    if (!json.is_object()) {
      return ArgumentError("", absl::StrCat("expected a JSON object as body, "
                                            "found ",
                                            KindOf(json)));
    }
    return json;
  } catch (const Json::exception& error) {
    return ArgumentError("",
                         absl::StrCat("the body is not valid JSON in UTF-8: ",
                                      Reason(error.what())));
  }
}

std::string KindOf(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::boolean:
      return "a boolean";
    case Json::value_t::string:
      return "a string";
    case Json::value_t::array:
      return "an array";
    case Json::value_t::object:
      return "an object";
    default:
      return "a number";
  }
}

const Json* Fields::Find(const std::string& name) const {
  const auto it = json_.find(name);
  return it == json_.end() || it->is_null() ? nullptr : &*it;
}

absl::Status Fields::Wrong(const std::string& name, const std::string& expected,
                           const std::string& found) const {
  return ArgumentError(Path(name), absl::StrCat("'", Path(name), "': expected ",
                                                expected, ", found ", found));
}

absl::StatusOr<std::optional<bool>> Fields::Boolean(
    const std::string& name) const {
  const Json* const value = Find(name);
  if (value == nullptr) return std::optional<bool>();
  if (!value->is_boolean()) return Wrong(name, "true or false", Show(*value));
  return std::optional<bool>(value->get<bool>());
}

absl::StatusOr<std::optional<int64_t>> Fields::Integer(const std::string& name,
                                                       int64_t min,
                                                       int64_t max) const {
  const Json* const value = Find(name);
  if (value == nullptr) return std::optional<int64_t>();
  const bool whole = value->is_number() && (value->is_number_integer() ||
                                            IsWhole(value->get<double>()));
  // Unsigned values beyond int64 are out of every range.
  const bool fits =
      whole && !(value->is_number_unsigned() &&
                 value->get<uint64_t>() > static_cast<uint64_t>(INT64_MAX));
  const int64_t number = fits ? value->get<int64_t>() : 0;
  if (!fits || number < min || number > max) {
    return Wrong(name, absl::StrCat("a whole number from ", min, " to ", max),
                 Show(*value));
  }
  return std::optional<int64_t>(number);
}

absl::StatusOr<std::optional<double>> Fields::Number(const std::string& name,
                                                     double min,
                                                     double max) const {
  const Json* const value = Find(name);
  if (value == nullptr) return std::optional<double>();
  const double number = value->is_number() ? value->get<double>() : NAN;
  if (!(number >= min && number <= max)) {
    return Wrong(name, absl::StrCat("a number from ", min, " to ", max),
                 Show(*value));
  }
  return std::optional<double>(number);
}

absl::StatusOr<std::optional<std::string>> Fields::String(
    const std::string& name) const {
  const Json* const value = Find(name);
  if (value == nullptr) return std::optional<std::string>();
  if (!value->is_string()) return Wrong(name, "a string", Show(*value));
  return std::optional<std::string>(value->get<std::string>());
}

absl::StatusOr<std::string> Fields::RequiredString(
    const std::string& name) const {
  SPACEMOE_ASSIGN_OR_RETURN(std::optional<std::string> value, String(name));
  if (!value.has_value()) return Wrong(name, "a string", "nothing");
  return *std::move(value);
}

absl::Status Fields::AllowOnly(
    const std::vector<std::string_view>& names) const {
  for (const auto& [name, value] : json_.items()) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    if (value.is_null()) continue;
    const std::string path = Path(name.substr(0, kMaxShown));
    return ArgumentError(
        path, absl::StrCat("Unrecognized request argument supplied: ", path),
        "unknown_parameter");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int64_t>> ReadIds(const Json& array,
                                             const std::string& where) {
  std::vector<int64_t> ids;
  if (!array.is_array()) {
    return ArgumentError(where, absl::StrCat("'", where,
                                             "': expected an array of token "
                                             "ids, found ",
                                             KindOf(array)));
  }
  ids.reserve(array.size());
  for (const Json& value : array) {
    // The vocabulary is checked later; no id is beyond 31 bits.
    const bool id = value.is_number_integer() && value >= 0 &&
                    value <= std::numeric_limits<int32_t>::max();
    if (!id) {
      return ArgumentError(
          where, absl::StrCat("'", where, "': expected token ids, found ",
                              Show(value)));
    }
    ids.push_back(value.get<int64_t>());
  }
  return ids;
}

}  // namespace spacemoe::openai
