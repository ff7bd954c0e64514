// Constellations known by name (docs/constellations.md says where the figures
// come from).
#ifndef SPACEMOE_PLACEMENT_PRESETS_H_
#define SPACEMOE_PLACEMENT_PRESETS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "placement/constellation.h"

namespace spacemoe {

inline constexpr std::string_view kDefaultConstellation = "spacemoe-paper";

std::vector<std::string> PresetNames();

// NotFound lists the known names.
absl::StatusOr<ConstellationSpec> Preset(std::string_view name);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_PRESETS_H_
