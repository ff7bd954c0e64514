#include "placement/json_reader.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {

absl::StatusOr<nlohmann::json> ParseJson(std::string_view text,
                                         std::string_view origin) {
  try {
    return nlohmann::json::parse(text.begin(), text.end());
  } catch (const nlohmann::json::exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(origin), ": not JSON: ", error.what()));
  }
}

absl::Status JsonReader::ExpectObject(
    const std::vector<std::string>& known) const {
  if (!json_.is_object()) {
    return Expected(
        absl::StrCat("an object with the fields ", absl::StrJoin(known, ", ")));
  }
  for (auto it = json_.begin(); it != json_.end(); ++it) {
    if (std::find(known.begin(), known.end(), it.key()) != known.end()) {
      continue;
    }
    return absl::InvalidArgumentError(
        absl::StrCat(where_, ": unknown field '", it.key().substr(0, 60),
                     "'; known are ", absl::StrJoin(known, ", ")));
  }
  return absl::OkStatus();
}

bool JsonReader::Has(const std::string& field) const {
  return json_.is_object() && json_.contains(field);
}

absl::StatusOr<JsonReader> JsonReader::Field(const std::string& field) const {
  if (Has(field)) {
    return JsonReader(json_.at(field), absl::StrCat(where_, ": ", field));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(where_, ": field '", field, "' is missing"));
}

absl::StatusOr<std::vector<JsonReader>> JsonReader::Items() const {
  if (!json_.is_array()) return Expected("a list");
  std::vector<JsonReader> items;
  items.reserve(json_.size());
  for (const nlohmann::json& item : json_) {
    items.emplace_back(item, absl::StrCat(where_, "[", items.size(), "]"));
  }
  return items;
}

absl::Status JsonReader::Read(std::string* out) const {
  if (!json_.is_string()) return Expected("text");
  *out = json_.get<std::string>();
  return absl::OkStatus();
}

absl::Status JsonReader::Read(double* out) const {
  if (!json_.is_number()) return Expected("a number");
  *out = json_.get<double>();
  return absl::OkStatus();
}

absl::Status JsonReader::Read(int64_t* out) const {
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  if (!json_.is_number_integer() ||
      (json_.is_number_unsigned() && json_.get<uint64_t>() > kMax)) {
    return Expected("a whole number");
  }
  *out = json_.get<int64_t>();
  return absl::OkStatus();
}

absl::Status JsonReader::Read(int* out) const {
  int64_t wide = 0;
  SPACEMOE_RETURN_IF_ERROR(Read(&wide));
  if (wide < std::numeric_limits<int>::min() ||
      wide > std::numeric_limits<int>::max()) {
    return Expected("a whole number of 32 bits");
  }
  *out = static_cast<int>(wide);
  return absl::OkStatus();
}

absl::Status JsonReader::Expected(const std::string& what) const {
  // Nested values are not dumped: they may be deeper than the stack.
  const std::string found =
      json_.is_structured()
          ? std::string(json_.type_name())
          : json_.dump(-1, ' ', false,
                       nlohmann::json::error_handler_t::replace);
  return absl::InvalidArgumentError(absl::StrCat(
      where_, ": expected ", what, ", found ", found.substr(0, 60)));
}

}  // namespace spacemoe
