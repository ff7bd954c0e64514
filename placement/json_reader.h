// JSON fields read with errors that name them. The one place that catches
// nlohmann's exceptions.
#ifndef SPACEMOE_PLACEMENT_JSON_READER_H_
#define SPACEMOE_PLACEMENT_JSON_READER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace spacemoe {

// InvalidArgument with origin, line and column unless `text` is one JSON value.
absl::StatusOr<nlohmann::json> ParseJson(std::string_view text,
                                         std::string_view origin);

// Reads values below `where` (a path such as "file: activation[3]"). A reader
// is a reference: the JSON must outlive it.
class JsonReader {
 public:
  JsonReader(const nlohmann::json& json, std::string where)
      : json_(json), where_(std::move(where)) {}

  const std::string& where() const { return where_; }

  // InvalidArgument unless this is an object with no field outside `known`.
  absl::Status ExpectObject(const std::vector<std::string>& known) const;
  bool Has(const std::string& field) const;
  absl::StatusOr<JsonReader> Field(const std::string& field) const;
  // InvalidArgument unless this is an array.
  absl::StatusOr<std::vector<JsonReader>> Items() const;

  absl::Status Read(std::string* out) const;
  absl::Status Read(double* out) const;
  absl::Status Read(int* out) const;
  absl::Status Read(int64_t* out) const;

  template <typename T>
  absl::Status Read(std::vector<T>* out) const {
    auto items = Items();
    if (!items.ok()) return items.status();
    out->clear();
    out->reserve(items->size());
    for (const JsonReader& item : *items) {
      absl::Status status = item.Read(&out->emplace_back());
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // The field must be there.
  template <typename T>
  absl::Status ReadField(const std::string& field, T* out) const {
    auto reader = Field(field);
    return reader.ok() ? reader->Read(out) : reader.status();
  }

 private:
  absl::Status Expected(const std::string& what) const;

  const nlohmann::json& json_;
  std::string where_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_JSON_READER_H_
