// Reads the arguments of a request strictly.
#ifndef SPACEMOE_COORDINATOR_API_OPENAI_FIELDS_H_
#define SPACEMOE_COORDINATOR_API_OPENAI_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/api/openai/error.h"

namespace spacemoe::openai {

// A body's JSON; an object. INVALID_ARGUMENT: no JSON, not UTF-8, no object, or
// nested too deeply.
absl::StatusOr<Json> ParseBody(std::string_view body);

// "a string", "a number", "an array": what a value is, for messages.
std::string KindOf(const Json& value);

// An object's fields; null counts as absent. Errors are ArgumentErrors that say
// what was expected and what was found.
class Fields {
 public:
  // `json` is an object, borrowed. `where` is put before the names: "a.b.".
  explicit Fields(const Json& json, std::string where = "")
      : json_(json), where_(std::move(where)) {}

  // Null when the field is absent or null.
  const Json* Find(const std::string& name) const;

  absl::StatusOr<std::optional<bool>> Boolean(const std::string& name) const;
  absl::StatusOr<std::optional<int64_t>> Integer(const std::string& name,
                                                 int64_t min,
                                                 int64_t max) const;
  absl::StatusOr<std::optional<double>> Number(const std::string& name,
                                               double min, double max) const;
  absl::StatusOr<std::optional<std::string>> String(
      const std::string& name) const;
  absl::StatusOr<std::string> RequiredString(const std::string& name) const;

  // Only these fields may be there.
  absl::Status AllowOnly(const std::vector<std::string_view>& names) const;

  // "a.b.NAME"
  std::string Path(const std::string& name) const { return where_ + name; }
  absl::Status Wrong(const std::string& name, const std::string& expected,
                     const std::string& found) const;

 private:
  const Json& json_;
  const std::string where_;
};

// An array of token ids. `where` names it.
absl::StatusOr<std::vector<int64_t>> ReadIds(const Json& array,
                                             const std::string& where);

}  // namespace spacemoe::openai

#endif  // SPACEMOE_COORDINATOR_API_OPENAI_FIELDS_H_
