// Constellation files: YAML, or JSON as a subset of it, one schema
// (docs/constellations.md):
//   name: my-shell
//   links:                      # optional, and each field of it
//     rate_bps: 100e9
//     processing_ms: 0.3
//     atmosphere_km: 80
//   shells:
//     - name: inner             # optional
//       planes: 33
//       satellites_per_plane: 32
//       altitude_km: 550
//       inclination_deg: 87
//       pattern: star           # or delta
//       raan_spread_deg: 180    # or raan_spacing_deg; 360 when delta
//       phasing: 0
#ifndef SPACEMOE_PLACEMENT_CONSTELLATION_FILE_H_
#define SPACEMOE_PLACEMENT_CONSTELLATION_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "placement/constellation.h"

namespace spacemoe {

// `origin` (a path) goes into error messages as origin:line.
// InvalidArgument: not YAML, an unknown, missing or repeated field, or a value
// of the wrong type. Ranges are checked by Constellation::Create.
absl::StatusOr<ConstellationSpec> ParseConstellation(std::string_view text,
                                                     std::string_view origin);

absl::StatusOr<ConstellationSpec> LoadConstellationFile(
    const std::string& path);

// JSON that ParseConstellation reads back to an equal spec.
std::string ConstellationToJson(const ConstellationSpec& spec);

// What a person types: a preset's name or a file's path, with an optional
// ":N" that picks the N-th shell (counted from 1; the first is the default).
absl::StatusOr<Constellation> OpenConstellation(std::string_view name_or_path);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_CONSTELLATION_FILE_H_
