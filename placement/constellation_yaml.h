// The one place that meets yaml-cpp and its exceptions.
#ifndef SPACEMOE_PLACEMENT_CONSTELLATION_YAML_H_
#define SPACEMOE_PLACEMENT_CONSTELLATION_YAML_H_

#include <string>

#include "absl/status/statusor.h"
#include "placement/constellation.h"

namespace spacemoe {

// As ParseConstellation.
absl::StatusOr<ConstellationSpec> ConstellationFromYaml(
    const std::string& text, const std::string& origin);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_CONSTELLATION_YAML_H_
