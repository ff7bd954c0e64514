#include "placement/yaml_map.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

std::string Where(const std::string& origin, const YAML::Mark& mark) {
  if (mark.is_null()) return origin;
  return absl::StrCat(origin, ":", mark.line + 1, ":", mark.column + 1);
}

// yaml-cpp marks quoted scalars with the tag "!".
bool IsPlainScalar(const YAML::Node& node) {
  return node.IsScalar() && node.Tag() != "!";
}

std::string Describe(const YAML::Node& node) {
  if (node.IsScalar()) {
    const std::string quote = IsPlainScalar(node) ? "'" : "\"";
    return absl::StrCat(quote, node.Scalar().substr(0, 60), quote);
  }
  if (node.IsSequence()) return "a list";
  return node.IsMap() ? "a mapping" : "nothing";
}

}  // namespace

YamlMap::YamlMap(YAML::Node node, std::string what, std::string origin)
    : node_(std::move(node)),
      what_(std::move(what)),
      origin_(std::move(origin)) {}

absl::StatusOr<YamlMap> YamlMap::Open(const YAML::Node& node, std::string what,
                                      std::string origin,
                                      const std::vector<std::string>& known) {
  YamlMap map(node, std::move(what), std::move(origin));
  if (!node.IsMap()) {
    return map.Error(node, absl::StrCat("expected a mapping with the fields ",
                                        absl::StrJoin(known, ", "), ", found ",
                                        Describe(node)));
  }
  SPACEMOE_RETURN_IF_ERROR(map.CheckKeys(known));
  return map;
}

absl::Status YamlMap::CheckKeys(const std::vector<std::string>& known) const {
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    const YAML::Node& key = entry.first;
    const std::string name = key.IsScalar() ? key.Scalar() : Describe(key);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return Error(key,
                   absl::StrCat("unknown field '", name.substr(0, 60),
                                "'; known are ", absl::StrJoin(known, ", ")));
    }
    if (!seen.insert(name).second) {
      return Error(key, absl::StrCat("field '", name, "' is there twice"));
    }
  }
  return absl::OkStatus();
}

bool YamlMap::Has(const std::string& field) const {
  return node_[field].IsDefined();
}

absl::StatusOr<YAML::Node> YamlMap::Node(const std::string& field) const {
  YAML::Node value = node_[field];
  if (value.IsDefined()) return value;
  return Error(node_, absl::StrCat("field '", field, "' is missing"));
}

absl::StatusOr<double> YamlMap::Number(const std::string& field) const {
  SPACEMOE_ASSIGN_OR_RETURN(const YAML::Node node, Node(field));
  double value = 0;
  if (!IsPlainScalar(node) || !absl::SimpleAtod(node.Scalar(), &value) ||
      !std::isfinite(value)) {
    return WrongType(field, node, "a number");
  }
  return value;
}

absl::StatusOr<int> YamlMap::Integer(const std::string& field) const {
  SPACEMOE_ASSIGN_OR_RETURN(const YAML::Node node, Node(field));
  int value = 0;
  if (!IsPlainScalar(node) || !absl::SimpleAtoi(node.Scalar(), &value)) {
    return WrongType(field, node, "a whole number");
  }
  return value;
}

absl::StatusOr<std::string> YamlMap::Text(const std::string& field) const {
  SPACEMOE_ASSIGN_OR_RETURN(const YAML::Node node, Node(field));
  if (!node.IsScalar()) return WrongType(field, node, "text");
  return node.Scalar();
}

absl::Status YamlMap::WrongType(const std::string& field,
                                const YAML::Node& node,
                                const std::string& expected) const {
  return Error(node, absl::StrCat("field '", field, "' must be ", expected,
                                  ", found ", Describe(node)));
}

absl::Status YamlMap::Error(const YAML::Node& at,
                            const std::string& message) const {
  return absl::InvalidArgumentError(
      absl::StrCat(Where(origin_, at.IsDefined() ? at.Mark() : node_.Mark()),
                   ": ", what_, ": ", message));
}

}  // namespace spacemoe
