#include "placement/constellation_file.h"

#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "placement/constellation_yaml.h"
#include "placement/file_io.h"
#include "placement/presets.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int64_t kMaxFileBytes = 1 << 20;

nlohmann::ordered_json ShellToJson(const ShellSpec& shell) {
  return {{"name", shell.name},
          {"planes", shell.planes},
          {"satellites_per_plane", shell.satellites_per_plane},
          {"altitude_km", shell.altitude_km},
          {"inclination_deg", shell.inclination_deg},
          {"pattern", shell.pattern == ShellPattern::kDelta ? "delta" : "star"},
          {"raan_spread_deg", shell.raan_spread_deg},
          {"phasing", shell.phasing}};
}

// Splits a trailing ":N" off; N is 1 when there is none.
std::pair<std::string, int> SplitShell(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {std::string(text), 1};
  int shell = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, shell);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    return {std::string(text), 1};
  }
  return {std::string(text.substr(0, colon)), shell};
}

absl::StatusOr<ConstellationSpec> PresetOrFile(const std::string& name) {
  auto preset = Preset(name);
  std::error_code error;
  if (preset.ok() || !std::filesystem::exists(name, error)) return preset;
  return LoadConstellationFile(name);
}

}  // namespace

absl::StatusOr<ConstellationSpec> ParseConstellation(std::string_view text,
                                                     std::string_view origin) {
  return ConstellationFromYaml(std::string(text), std::string(origin));
}

absl::StatusOr<ConstellationSpec> LoadConstellationFile(
    const std::string& path) {
  SPACEMOE_ASSIGN_OR_RETURN(std::string text,
                            ReadSmallFile(path, kMaxFileBytes));
  return ParseConstellation(text, path);
}

std::string ConstellationToJson(const ConstellationSpec& spec) {
  nlohmann::ordered_json shells = nlohmann::ordered_json::array();
  for (const ShellSpec& shell : spec.shells) {
    shells.push_back(ShellToJson(shell));
  }
  const nlohmann::ordered_json json = {
      {"name", spec.name},
      {"links",
       {{"rate_bps", spec.links.rate_bps},
        {"processing_ms", spec.links.processing_ms},
        {"atmosphere_km", spec.links.atmosphere_km}}},
      {"shells", shells}};
  return json.dump(2, ' ', false,
                   nlohmann::ordered_json::error_handler_t::replace);
}

absl::StatusOr<Constellation> OpenConstellation(std::string_view name_or_path) {
  const auto [name, shell] = SplitShell(name_or_path);
  SPACEMOE_ASSIGN_OR_RETURN(ConstellationSpec spec, PresetOrFile(name));
  return Constellation::Create(std::move(spec), shell - 1);
}

}  // namespace spacemoe
