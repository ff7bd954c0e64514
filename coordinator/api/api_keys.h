// Who may use the API.
#ifndef SPACEMOE_COORDINATOR_API_API_KEYS_H_
#define SPACEMOE_COORDINATOR_API_API_KEYS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/http/message.h"

namespace spacemoe {

// Keys are never printed. Immutable, hence thread-safe.
class ApiKeys {
 public:
  // Everybody may.
  ApiKeys() = default;

  // One key a line; empty lines and those that begin with '#' count for
  // nothing. Errors: the file can't be read, or has no key.
  static absl::StatusOr<ApiKeys> FromFile(const std::string& path);
  // The same, of the text itself; `source` names it in errors. A key is of
  // printable ASCII without spaces.
  static absl::StatusOr<ApiKeys> FromText(std::string_view text,
                                          const std::string& source);

  bool required() const { return !keys_.empty(); }

  // Takes as long whichever of the keys it is, and wherever one differs.
  bool Accepts(std::string_view key) const;

  // Unset for a request with `Authorization: Bearer KEY` of a key, or when none
  // is required; else the answer, 401.
  std::optional<HttpResponse> Refuse(const HttpRequest& request) const;

 private:
  std::vector<std::string> keys_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_API_API_KEYS_H_
