#include "placement/presets.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace spacemoe {
namespace {

ShellSpec Delta(std::string name, int planes, int satellites_per_plane,
                double altitude_km, double inclination_deg, double phasing) {
  return {.name = std::move(name),
          .planes = planes,
          .satellites_per_plane = satellites_per_plane,
          .altitude_km = altitude_km,
          .inclination_deg = inclination_deg,
          .pattern = ShellPattern::kDelta,
          .raan_spread_deg = 360,
          .phasing = phasing};
}

ShellSpec Star(std::string name, int planes, int satellites_per_plane,
               double altitude_km, double inclination_deg, double spread_deg,
               double phasing) {
  ShellSpec shell = Delta(std::move(name), planes, satellites_per_plane,
                          altitude_km, inclination_deg, phasing);
  shell.pattern = ShellPattern::kStar;
  shell.raan_spread_deg = spread_deg;
  return shell;
}

ConstellationSpec Of(std::string name, std::vector<ShellSpec> shells) {
  return {.name = std::move(name), .links = {}, .shells = std::move(shells)};
}

// No filing gives phasings. starlink-s1 has F = 17 as the literature does,
// kuiper's first two and telesat's first shell those of published oracles; for
// the others it is the one with the largest MinSeparationKm.
std::vector<ConstellationSpec> MakePresets() {
  const ShellSpec s1 = Delta("s1", 72, 22, 550, 53.0, 17);
  return {
      Of("spacemoe-paper", {Star("polar", 33, 32, 550, 87, 180, 0)}),
      Of("spacemoe-paper-360", {Star("polar", 33, 32, 550, 87, 360, 0)}),
      Of("starlink-s1", {s1}),
      Of("starlink-gen1",
         {s1, Delta("s2", 72, 22, 540, 53.2, 13),
          Delta("s3", 36, 20, 570, 70, 25), Delta("s4", 6, 58, 560, 97.6, 1),
          Delta("s5", 4, 43, 560, 97.6, 0)}),
      Of("kuiper", {Delta("k630", 34, 34, 630, 51.9, 0),
                    Delta("k610", 36, 36, 610, 42, 11),
                    Delta("k590", 28, 28, 590, 33, 17)}),
      Of("telesat", {Delta("t1015", 27, 13, 1015, 98.98, 0),
                     Delta("t1325", 40, 33, 1325, 50.88, 24)}),
      Of("oneweb", {Star("polar", 12, 49, 1200, 87.9, 180, 0)}),
      Of("iridium", {Star("polar", 6, 11, 780, 86.4, 6 * 31.6, 3)}),
      Of("tiny", {Delta("ring", 1, 9, 550, 53, 0),
                  Star("patch", 5, 22, 550, 53, 25, 5 * 17.0 / 72)}),
  };
}

const std::vector<ConstellationSpec>& Presets() {
  static const auto& presets = *new std::vector(MakePresets());
  return presets;
}

}  // namespace

std::vector<std::string> PresetNames() {
  std::vector<std::string> names;
  for (const ConstellationSpec& spec : Presets()) names.push_back(spec.name);
  return names;
}

absl::StatusOr<ConstellationSpec> Preset(std::string_view name) {
  for (const ConstellationSpec& spec : Presets()) {
    if (spec.name == name) return spec;
  }
  return absl::NotFoundError(absl::StrCat(
      "unknown constellation '", std::string(name), "'; known are ",
      absl::StrJoin(PresetNames(), ", "), ", or give a YAML or JSON file"));
}

}  // namespace spacemoe
