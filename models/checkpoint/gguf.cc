#include "models/checkpoint/gguf.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/checkpoint/byte_cursor.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxJsonItems = 4096;

// The double whose shortest decimal is that of `value`.
double ShortestDouble(float value) {
  if (!std::isfinite(value)) return value;
  char text[32];
  const auto written = std::to_chars(text, text + sizeof(text), value);
  double result = 0;
  std::from_chars(text, written.ptr, result);
  return result;
}

template <typename T>
T Load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

json ScalarJson(GgufType type, const std::byte* at) {
  switch (type) {
    case GgufType::kUint8:
      return Load<std::uint8_t>(at);
    case GgufType::kInt8:
      return Load<std::int8_t>(at);
    case GgufType::kUint16:
      return Load<std::uint16_t>(at);
    case GgufType::kInt16:
      return Load<std::int16_t>(at);
    case GgufType::kUint32:
      return Load<std::uint32_t>(at);
    case GgufType::kInt32:
      return Load<std::int32_t>(at);
    case GgufType::kUint64:
      return Load<std::uint64_t>(at);
    case GgufType::kInt64:
      return Load<std::int64_t>(at);
    case GgufType::kFloat32:
      return ShortestDouble(Load<float>(at));
    case GgufType::kFloat64:
      return Load<double>(at);
    case GgufType::kBool:
      return Load<std::uint8_t>(at) != 0;
    case GgufType::kString:
    case GgufType::kArray:
      return nullptr;
  }
  return nullptr;
}

std::optional<std::int64_t> ScalarInt(GgufType type, const std::byte* at) {
  const json value = ScalarJson(type, at);
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
    return std::nullopt;
  }
  return value.get<std::int64_t>();
}

// The parser has checked the lengths.
std::vector<std::string> LoadStrings(const GgufValue& value) {
  const std::string nowhere;
  ByteCursor cursor(value.bytes, nowhere);
  std::vector<std::string> strings;
  strings.reserve(value.count);
  for (std::uint64_t i = 0; i < value.count; ++i) {
    strings.emplace_back(*cursor.ReadString());
  }
  return strings;
}

json ValueJson(const GgufValue& value) {
  const bool array = value.type == GgufType::kArray;
  const GgufType type = array ? value.element_type : value.type;
  if (type == GgufType::kArray || value.count > kMaxJsonItems) return nullptr;
  if (type == GgufType::kString) {
    if (value.bytes.size() > kMaxJsonItems) return nullptr;
    const std::vector<std::string> strings = LoadStrings(value);
    return array ? json(strings) : json(strings.front());
  }
  if (!array) return ScalarJson(type, value.bytes.data());
  json items = json::array();
  for (std::uint64_t i = 0; i < value.count; ++i) {
    items.push_back(
        ScalarJson(type, value.bytes.data() + i * ScalarBytes(type)));
  }
  return items;
}

}  // namespace

int ScalarBytes(GgufType type) {
  switch (type) {
    case GgufType::kUint8:
    case GgufType::kInt8:
    case GgufType::kBool:
      return 1;
    case GgufType::kUint16:
    case GgufType::kInt16:
      return 2;
    case GgufType::kUint32:
    case GgufType::kInt32:
    case GgufType::kFloat32:
      return 4;
    case GgufType::kUint64:
    case GgufType::kInt64:
    case GgufType::kFloat64:
      return 8;
    case GgufType::kString:
    case GgufType::kArray:
      return 0;
  }
  return 0;
}

absl::StatusOr<std::unique_ptr<GgufFile>> GgufFile::Open(
    const std::string& path) {
  SPACEMOE_ASSIGN_OR_RETURN(auto file, MappedFile::Open(path));
  SPACEMOE_ASSIGN_OR_RETURN(auto header,
                            ParseGguf(file->bytes(), file->path()));
  return std::unique_ptr<GgufFile>(
      new GgufFile(std::move(file), std::move(header)));
}

GgufFile::GgufFile(std::unique_ptr<MappedFile> file, GgufHeader header)
    : file_(std::move(file)), header_(std::move(header)) {}

absl::StatusOr<const GgufValue*> GgufFile::Find(std::string_view key) const {
  const auto it = header_.metadata.find(key);
  if (it != header_.metadata.end()) return &it->second;
  return absl::NotFoundError(
      absl::StrCat(path(), ": metadata '", std::string(key), "' is missing"));
}

absl::Status GgufFile::WrongType(std::string_view key,
                                 std::string_view expected) const {
  return absl::InvalidArgumentError(
      absl::StrCat(path(), ": metadata '", std::string(key), "': expected ",
                   std::string(expected)));
}

absl::StatusOr<std::string> GgufFile::GetString(std::string_view key) const {
  SPACEMOE_ASSIGN_OR_RETURN(const GgufValue* value, Find(key));
  if (value->type != GgufType::kString) return WrongType(key, "a string");
  return LoadStrings(*value).front();
}

absl::StatusOr<std::int64_t> GgufFile::GetInt(std::string_view key) const {
  SPACEMOE_ASSIGN_OR_RETURN(const GgufValue* value, Find(key));
  const auto number = ScalarInt(value->type, value->bytes.data());
  if (!number) return WrongType(key, "a whole number");
  return *number;
}

absl::StatusOr<bool> GgufFile::GetBool(std::string_view key) const {
  SPACEMOE_ASSIGN_OR_RETURN(const GgufValue* value, Find(key));
  if (value->type != GgufType::kBool) return WrongType(key, "true or false");
  return Load<std::uint8_t>(value->bytes.data()) != 0;
}

absl::StatusOr<const GgufValue*> GgufFile::FindArray(
    std::string_view key) const {
  SPACEMOE_ASSIGN_OR_RETURN(const GgufValue* value, Find(key));
  if (value->type != GgufType::kArray) return WrongType(key, "an array");
  return value;
}

absl::StatusOr<std::vector<std::string>> GgufFile::GetStrings(
    std::string_view key) const {
  SPACEMOE_ASSIGN_OR_RETURN(const GgufValue* value, FindArray(key));
  if (value->element_type != GgufType::kString) {
    return WrongType(key, "an array of strings");
  }
  return LoadStrings(*value);
}

absl::StatusOr<std::vector<std::int64_t>> GgufFile::GetInts(
    std::string_view key) const {
  SPACEMOE_ASSIGN_OR_RETURN(const GgufValue* value, FindArray(key));
  const int bytes = ScalarBytes(value->element_type);
  std::vector<std::int64_t> numbers;
  for (std::uint64_t i = 0; i < value->count; ++i) {
    const auto number =
        ScalarInt(value->element_type, value->bytes.data() + i * bytes);
    if (!number) return WrongType(key, "an array of whole numbers");
    numbers.push_back(*number);
  }
  return numbers;
}

absl::StatusOr<std::vector<float>> GgufFile::GetFloats(
    std::string_view key) const {
  SPACEMOE_ASSIGN_OR_RETURN(const GgufValue* value, FindArray(key));
  if (value->element_type != GgufType::kFloat32) {
    return WrongType(key, "an array of 32-bit numbers");
  }
  std::vector<float> numbers(value->count);
  if (!numbers.empty()) {
    std::memcpy(numbers.data(), value->bytes.data(), value->bytes.size());
  }
  return numbers;
}

json GgufFile::MetadataJson() const {
  json out = json::object();
  for (const auto& [key, value] : header_.metadata) {
    json item = ValueJson(value);
    if (!item.is_null()) out[key] = std::move(item);
  }
  return out;
}

}  // namespace spacemoe
