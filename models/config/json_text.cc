#include "models/config/json_text.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "runtime/base/json_depth.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 64;

// The parser itself lets the last of two equal keys win.
class DuplicateKeys {
 public:
  bool operator()(int depth, json::parse_event_t event, json& parsed) {
    if (depth == 1 && event == json::parse_event_t::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!seen_.insert(key).second && first_.empty()) first_ = key;
    }
    return true;
  }
  const std::string& first() const { return first_; }

 private:
  std::set<std::string> seen_;
  std::string first_;
};

absl::StatusOr<json> Parse(std::string_view text, const std::string& where) {
  DuplicateKeys duplicates;
  try {
    json parsed = json::parse(text, std::ref(duplicates));
    if (duplicates.first().empty()) return parsed;
  } catch (const json::exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": expected JSON: ", error.what()));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(where, ": field '", duplicates.first(), "' occurs twice"));
}

}  // namespace

absl::StatusOr<json> ParseJsonObject(std::string_view text,
                                     const std::string& where) {
  if (NestsDeeperThan(kMaxDepth, text)) {
    return absl::InvalidArgumentError(absl::StrCat(
        where, ": expected JSON nested at most ", kMaxDepth, " deep"));
  }
  SPACEMOE_ASSIGN_OR_RETURN(json parsed, Parse(text, where));
  if (!parsed.is_object()) {
    return absl::InvalidArgumentError(absl::StrCat(
        where, ": expected a JSON object, found ", parsed.type_name()));
  }
  return parsed;
}

}  // namespace spacemoe
