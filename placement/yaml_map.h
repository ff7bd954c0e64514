// A YAML mapping read field by field, with errors that say where.
#ifndef SPACEMOE_PLACEMENT_YAML_MAP_H_
#define SPACEMOE_PLACEMENT_YAML_MAP_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "yaml-cpp/yaml.h"

namespace spacemoe {

// yaml-cpp's exceptions pass through; the caller catches them.
class YamlMap {
 public:
  // InvalidArgument unless `node` is a mapping whose keys are all in `known`,
  // each once. `what` names it in messages.
  static absl::StatusOr<YamlMap> Open(const YAML::Node& node, std::string what,
                                      std::string origin,
                                      const std::vector<std::string>& known);

  bool Has(const std::string& field) const;

  // The field must be there; defaults are the caller's affair.
  absl::StatusOr<YAML::Node> Node(const std::string& field) const;
  absl::StatusOr<double> Number(const std::string& field) const;
  absl::StatusOr<int> Integer(const std::string& field) const;
  absl::StatusOr<std::string> Text(const std::string& field) const;

  // origin:line:column: what: message.
  absl::Status Error(const YAML::Node& at, const std::string& message) const;

 private:
  YamlMap(YAML::Node node, std::string what, std::string origin);

  absl::Status CheckKeys(const std::vector<std::string>& known) const;
  absl::Status WrongType(const std::string& field, const YAML::Node& node,
                         const std::string& expected) const;

  YAML::Node node_;
  std::string what_;
  std::string origin_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_YAML_MAP_H_
