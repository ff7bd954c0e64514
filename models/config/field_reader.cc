#include "models/config/field_reader.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using nlohmann::json;

constexpr std::size_t kShownBytes = 80;

// Whole numbers written as 8.0 count as whole.
std::optional<std::int64_t> AsInt(const json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const double number = value.get<double>();
  if (std::trunc(number) != number || std::abs(number) > 9e15) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(number);
}

std::string Range(std::int64_t min, std::int64_t max) {
  return absl::StrCat("a whole number from ", min, " to ", max);
}

}  // namespace

FieldReader::FieldReader(const json& json, std::string where,
                         std::string prefix, bool prefix_is_key)
    : json_(&json),
      where_(std::move(where)),
      prefix_(std::move(prefix)),
      prefix_is_key_(prefix_is_key) {}

const json* FieldReader::Find(std::string_view field) const {
  if (asked_ != nullptr) asked_->emplace(field);
  const auto it =
      json_->find(prefix_is_key_ ? FullName(field) : std::string(field));
  if (it == json_->end() || it->is_null()) return nullptr;
  return &*it;
}

std::string FieldReader::FullName(std::string_view field) const {
  return prefix_ + std::string(field);
}

std::string FieldReader::Found(std::string_view field) const {
  const json* value = Find(field);
  if (value == nullptr) return "nothing";
  std::string text = value->dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > kShownBytes) {
    text.resize(kShownBytes);
    text += "...";
  }
  return text;
}

absl::Status FieldReader::Wrong(std::string_view field,
                                std::string_view expected) const {
  return absl::InvalidArgumentError(
      absl::StrCat(where_, ": field '", FullName(field), "': expected ",
                   std::string(expected), ", found ", Found(field)));
}

absl::Status FieldReader::Unsupported(std::string_view field,
                                      std::string_view known) const {
  return absl::UnimplementedError(
      absl::StrCat(where_, ": field '", FullName(field), "': ", Found(field),
                   " is not supported; known: ", std::string(known)));
}

absl::StatusOr<std::int64_t> FieldReader::Int(std::string_view field,
                                              std::int64_t min,
                                              std::int64_t max) const {
  const json* value = Find(field);
  if (value == nullptr) return Wrong(field, Range(min, max));
  const std::optional<std::int64_t> number = AsInt(*value);
  if (!number || *number < min || *number > max) {
    return Wrong(field, Range(min, max));
  }
  return *number;
}

absl::StatusOr<std::int64_t> FieldReader::IntOr(std::string_view field,
                                                std::int64_t fallback,
                                                std::int64_t min,
                                                std::int64_t max) const {
  if (!Has(field)) return fallback;
  return Int(field, min, max);
}

absl::StatusOr<std::optional<std::int64_t>> FieldReader::OptionalInt(
    std::string_view field, std::int64_t min, std::int64_t max) const {
  if (!Has(field)) return std::optional<std::int64_t>();
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t number, Int(field, min, max));
  return std::optional<std::int64_t>(number);
}

absl::StatusOr<double> FieldReader::Positive(std::string_view field) const {
  const json* value = Find(field);
  if (value != nullptr && value->is_number()) {
    const double number = value->get<double>();
    const auto single = static_cast<float>(number);
    if (std::isfinite(single) && single > 0) return number;
  }
  return Wrong(field, "a number greater than 0");
}

absl::StatusOr<double> FieldReader::PositiveOr(std::string_view field,
                                               double fallback) const {
  if (!Has(field)) return fallback;
  return Positive(field);
}

absl::StatusOr<std::optional<double>> FieldReader::OptionalPositive(
    std::string_view field) const {
  if (!Has(field)) return std::optional<double>();
  SPACEMOE_ASSIGN_OR_RETURN(const double number, Positive(field));
  return std::optional<double>(number);
}

absl::StatusOr<double> FieldReader::NotNegativeOr(std::string_view field,
                                                  double fallback) const {
  const json* value = Find(field);
  if (value == nullptr) return fallback;
  if (value->is_number()) {
    const double number = value->get<double>();
    if (std::isfinite(static_cast<float>(number)) && number >= 0) return number;
  }
  return Wrong(field, "a number that is at least 0");
}

absl::StatusOr<std::vector<double>> FieldReader::PositiveList(
    std::string_view field) const {
  const json* value = Find(field);
  std::vector<double> numbers;
  bool right = value != nullptr && value->is_array();
  for (std::size_t i = 0; right && i < value->size(); ++i) {
    const json& item = (*value)[i];
    numbers.push_back(item.is_number() ? item.get<double>() : 0);
    const auto single = static_cast<float>(numbers.back());
    right = std::isfinite(single) && single > 0;
  }
  if (right) return numbers;
  return Wrong(field, "a list of numbers greater than 0");
}

absl::StatusOr<std::vector<std::int64_t>> FieldReader::IntOrList(
    std::string_view field, std::int64_t count, std::int64_t min,
    std::int64_t max) const {
  const json* value = Find(field);
  if (value == nullptr) return std::vector<std::int64_t>();
  if (!value->is_array()) {
    SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t one, Int(field, min, max));
    return std::vector<std::int64_t>(static_cast<std::size_t>(count), one);
  }
  if (value->size() != static_cast<std::size_t>(count)) {
    return Wrong(field, absl::StrCat("a whole number or a list of ", count));
  }
  return IntList(field, min, max);
}

absl::StatusOr<std::vector<std::int64_t>> FieldReader::IntList(
    std::string_view field, std::int64_t min, std::int64_t max) const {
  std::vector<std::int64_t> numbers;
  const json* value = Find(field);
  if (value == nullptr) return numbers;
  const std::string expected = absl::StrCat("a list of ", Range(min, max));
  if (!value->is_array()) return Wrong(field, expected);
  for (const json& item : *value) {
    const std::optional<std::int64_t> number =
        item.is_boolean() ? std::optional<std::int64_t>(item.get<bool>())
                          : AsInt(item);
    if (!number || *number < min || *number > max) {
      return Wrong(field, expected);
    }
    numbers.push_back(*number);
  }
  return numbers;
}

absl::StatusOr<std::vector<std::vector<std::int64_t>>> FieldReader::IntTable(
    std::string_view field, std::int64_t rows, std::int64_t cols) const {
  const json* value = Find(field);
  const std::string expected =
      absl::StrCat(rows, " lists of ", cols, " whole numbers from 1 on");
  std::vector<std::vector<std::int64_t>> table;
  if (value == nullptr || !value->is_array() ||
      value->size() != static_cast<std::size_t>(rows)) {
    return Wrong(field, expected);
  }
  for (const json& row : *value) {
    const json fields = {{"row", row}};
    const auto numbers =
        FieldReader(fields, where_).IntList("row", 1, kMaxCount);
    if (!numbers.ok() || numbers->size() != static_cast<std::size_t>(cols)) {
      return Wrong(field, expected);
    }
    table.push_back(*numbers);
  }
  return table;
}

absl::StatusOr<std::vector<std::string>> FieldReader::StringList(
    std::string_view field) const {
  std::vector<std::string> texts;
  const json* value = Find(field);
  if (value == nullptr) return texts;
  if (!value->is_array()) return Wrong(field, "a list of strings");
  for (const json& item : *value) {
    if (!item.is_string()) return Wrong(field, "a list of strings");
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::optional<double> FieldReader::Scalar(std::string_view field) const {
  const json* value = Find(field);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>() ? 1.0 : 0.0;
  if (value->is_number()) return value->get<double>();
  return std::nullopt;
}

absl::StatusOr<std::vector<bool>> FieldReader::BoolList(
    std::string_view field, std::int64_t count) const {
  std::vector<bool> values;
  const json* value = Find(field);
  if (value == nullptr) return values;
  const absl::Status wrong =
      Wrong(field, absl::StrCat("a list of ", count, " booleans"));
  if (!value->is_array() || value->size() != static_cast<std::size_t>(count)) {
    return wrong;
  }
  for (const json& item : *value) {
    if (!item.is_boolean()) return wrong;
    values.push_back(item.get<bool>());
  }
  return values;
}

absl::StatusOr<bool> FieldReader::BoolOr(std::string_view field,
                                         bool fallback) const {
  const json* value = Find(field);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) return Wrong(field, "true or false");
  return value->get<bool>();
}

absl::StatusOr<std::string> FieldReader::StringOr(std::string_view field,
                                                  std::string fallback) const {
  const json* value = Find(field);
  if (value == nullptr) return fallback;
  if (!value->is_string()) return Wrong(field, "a string");
  return value->get<std::string>();
}

absl::StatusOr<std::vector<std::int64_t>> FieldReader::TokenIds(
    std::string_view field, std::int64_t vocab_size) const {
  std::vector<std::int64_t> ids;
  const json* value = Find(field);
  if (value == nullptr) return ids;
  const json list = value->is_array() ? *value : json::array({*value});
  for (const json& item : list) {
    const std::optional<std::int64_t> id = AsInt(item);
    if (!id || *id < 0 || *id >= vocab_size) {
      return Wrong(field, absl::StrCat("token ids from 0 to ", vocab_size - 1));
    }
    ids.push_back(*id);
  }
  return ids;
}

absl::StatusOr<std::optional<FieldReader>> FieldReader::Object(
    std::string_view field) const {
  const json* value = Find(field);
  if (value == nullptr) return std::optional<FieldReader>();
  if (!value->is_object()) return Wrong(field, "an object or null");
  return std::optional<FieldReader>(
      FieldReader(*value, where_, FullName(field) + "."));
}

absl::Status FieldReader::RequireBool(std::string_view field,
                                      bool expected) const {
  SPACEMOE_ASSIGN_OR_RETURN(const bool value, BoolOr(field, expected));
  if (value == expected) return absl::OkStatus();
  return Unsupported(field, expected ? "true" : "false");
}

absl::Status FieldReader::RequireOneOf(
    std::string_view field, const std::vector<std::string>& supported) const {
  if (!Has(field)) return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(const std::string value, StringOr(field, ""));
  if (std::count(supported.begin(), supported.end(), value) > 0) {
    return absl::OkStatus();
  }
  return Unsupported(field, absl::StrJoin(supported, ", "));
}

}  // namespace spacemoe
