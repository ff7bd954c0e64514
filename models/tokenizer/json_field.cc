#include "models/tokenizer/json_field.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace spacemoe {
namespace {

const nlohmann::json& Null() {
  static const auto* const null = new nlohmann::json(nullptr);
  return *null;
}

template <typename Json>
absl::StatusOr<Json> ParseAs(std::string_view text, const std::string& source) {
  try {
    return Json::parse(text);
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": not JSON: ", error.what()));
  }
}

}  // namespace

JsonField JsonField::operator[](std::string_view key) const {
  std::string path =
      absl::StrCat(path_, path_.empty() ? "" : ".", std::string(key));
  if (!value_->is_object()) return {&Null(), source_, std::move(path)};
  const auto found = value_->find(std::string(key));
  const auto* value = found == value_->end() ? &Null() : &*found;
  return {value, source_, std::move(path)};
}

JsonField JsonField::operator[](size_t index) const {
  std::string path = absl::StrCat(path_, "[", index, "]");
  const bool inside = value_->is_array() && index < value_->size();
  return {inside ? &(*value_)[index] : &Null(), source_, std::move(path)};
}

absl::StatusOr<std::string> JsonField::String() const {
  if (!value_->is_string()) return WrongType("a string");
  return value_->get_ref<const std::string&>();
}

absl::StatusOr<std::string> JsonField::StringOr(std::string fallback) const {
  if (IsNull()) return fallback;
  return String();
}

absl::StatusOr<bool> JsonField::BoolOr(bool fallback) const {
  if (IsNull()) return fallback;
  if (!value_->is_boolean()) return WrongType("true or false");
  return value_->get<bool>();
}

absl::StatusOr<int64_t> JsonField::Integer(int64_t low, int64_t high) const {
  if (!value_->is_number_integer()) return WrongType("an integer");
  const bool huge = value_->is_number_unsigned() &&
                    value_->get<uint64_t>() > static_cast<uint64_t>(INT64_MAX);
  const int64_t number = huge ? INT64_MAX : value_->get<int64_t>();
  if (huge || number < low || number > high) {
    return Error(absl::StrCat("expected an integer from ", low, " to ", high,
                              ", found ", value_->dump()));
  }
  return number;
}

absl::StatusOr<std::vector<JsonField>> JsonField::Array() const {
  if (!value_->is_array()) return WrongType("an array");
  std::vector<JsonField> fields;
  fields.reserve(value_->size());
  for (size_t i = 0; i < value_->size(); ++i) fields.push_back((*this)[i]);
  return fields;
}

absl::Status JsonField::ExpectObject() const {
  return value_->is_object() ? absl::OkStatus() : WrongType("an object");
}

absl::Status JsonField::Error(std::string_view message) const {
  return absl::InvalidArgumentError(absl::StrCat(
      source_, ": ", path_, path_.empty() ? "" : ": ", std::string(message)));
}

absl::Status JsonField::Unknown(std::string_view kind, std::string_view found,
                                std::string_view known) const {
  return Error(absl::StrCat("unknown ", std::string(kind), " \"",
                            std::string(found),
                            "\" (known: ", std::string(known), ")"));
}

absl::Status JsonField::WrongType(std::string_view expected) const {
  const char* found = IsNull() ? "nothing" : value_->type_name();
  return Error(
      absl::StrCat("expected ", std::string(expected), ", found ", found));
}

absl::StatusOr<nlohmann::json> ParseJson(std::string_view text,
                                         const std::string& source) {
  return ParseAs<nlohmann::json>(text, source);
}

absl::StatusOr<nlohmann::ordered_json> ParseOrderedJson(
    std::string_view text, const std::string& source) {
  return ParseAs<nlohmann::ordered_json>(text, source);
}

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return absl::NotFoundError(absl::StrCat(path, ": no such file"));
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    return absl::UnavailableError(
        absl::StrCat(path, ": cannot be read: ", std::strerror(errno)));
  }
  return std::move(text).str();
}

}  // namespace spacemoe
