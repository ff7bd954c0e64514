// A value inside a JSON file that knows its place, for errors that name it.
#ifndef SPACEMOE_MODELS_TOKENIZER_JSON_FIELD_H_
#define SPACEMOE_MODELS_TOKENIZER_JSON_FIELD_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace spacemoe {

// Borrows the document. A missing field behaves like null.
class JsonField {
 public:
  JsonField(const nlohmann::json& document, std::string source)
      : value_(&document), source_(std::move(source)) {}

  const nlohmann::json& value() const { return *value_; }
  bool IsNull() const { return value_->is_null(); }
  bool IsString() const { return value_->is_string(); }

  JsonField operator[](std::string_view key) const;
  JsonField operator[](size_t index) const;

  absl::StatusOr<std::string> String() const;
  absl::StatusOr<std::string> StringOr(std::string fallback) const;
  absl::StatusOr<bool> BoolOr(bool fallback) const;
  absl::StatusOr<int64_t> Integer(int64_t low, int64_t high) const;
  absl::StatusOr<std::vector<JsonField>> Array() const;
  absl::Status ExpectObject() const;

  // "SOURCE: FIELD: MESSAGE"
  absl::Status Error(std::string_view message) const;
  // "... unknown KIND "X" (known: ...)"
  absl::Status Unknown(std::string_view kind, std::string_view found,
                       std::string_view known) const;

 private:
  JsonField(const nlohmann::json* value, std::string source, std::string path)
      : value_(value), source_(std::move(source)), path_(std::move(path)) {}
  absl::Status WrongType(std::string_view expected) const;

  const nlohmann::json* value_;
  std::string source_;
  std::string path_;
};

// The document, or InvalidArgument with the place where it is not JSON.
absl::StatusOr<nlohmann::json> ParseJson(std::string_view text,
                                         const std::string& source);
absl::StatusOr<nlohmann::ordered_json> ParseOrderedJson(
    std::string_view text, const std::string& source);

// The whole file; NotFound or Unavailable with its path.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_JSON_FIELD_H_
