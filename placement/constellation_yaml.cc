#include "placement/constellation_yaml.h"

#include <exception>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "placement/yaml_map.h"
#include "runtime/base/status_macros.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/yaml.h"

namespace spacemoe {
namespace {

// Ignores what it is told.
class NullHandler : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// Not YAML::LoadAll: on a stray closing bracket it goes on for ever.
bool IsOneDocument(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  NullHandler handler;
  return parser.HandleNextDocument(handler) &&
         !parser.HandleNextDocument(handler);
}

const std::vector<std::string>& ShellFields() {
  static const auto& fields =
      *new std::vector<std::string>{"name",
                                    "planes",
                                    "satellites_per_plane",
                                    "altitude_km",
                                    "inclination_deg",
                                    "pattern",
                                    "raan_spread_deg",
                                    "raan_spacing_deg",
                                    "phasing"};
  return fields;
}

absl::Status ReadNumber(const YamlMap& map, const std::string& field,
                        double* value) {
  SPACEMOE_ASSIGN_OR_RETURN(*value, map.Number(field));
  return absl::OkStatus();
}

absl::Status ReadOptional(const YamlMap& map, const std::string& field,
                          double* value) {
  return map.Has(field) ? ReadNumber(map, field, value) : absl::OkStatus();
}

absl::Status ReadPattern(const YamlMap& map, ShellPattern* pattern) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string text, map.Text("pattern"));
  if (text != "delta" && text != "star") {
    SPACEMOE_ASSIGN_OR_RETURN(const YAML::Node node, map.Node("pattern"));
    return map.Error(node, absl::StrCat("field 'pattern' must be delta or "
                                        "star, found '",
                                        text.substr(0, 60), "'"));
  }
  *pattern = text == "delta" ? ShellPattern::kDelta : ShellPattern::kStar;
  return absl::OkStatus();
}

absl::Status ReadSpread(const YamlMap& map, ShellSpec* shell) {
  if (map.Has("raan_spread_deg") && map.Has("raan_spacing_deg")) {
    SPACEMOE_ASSIGN_OR_RETURN(const YAML::Node node,
                              map.Node("raan_spacing_deg"));
    return map.Error(node,
                     "raan_spread_deg and raan_spacing_deg exclude each other");
  }
  if (map.Has("raan_spacing_deg")) {
    SPACEMOE_RETURN_IF_ERROR(
        ReadNumber(map, "raan_spacing_deg", &shell->raan_spread_deg));
    shell->raan_spread_deg *= shell->planes;
    return absl::OkStatus();
  }
  if (shell->pattern == ShellPattern::kDelta) {
    return ReadOptional(map, "raan_spread_deg", &shell->raan_spread_deg);
  }
  return ReadNumber(map, "raan_spread_deg", &shell->raan_spread_deg);
}

absl::StatusOr<ShellSpec> ReadShell(const YAML::Node& node, size_t number,
                                    const std::string& origin) {
  SPACEMOE_ASSIGN_OR_RETURN(const YamlMap map,
                            YamlMap::Open(node, absl::StrCat("shell ", number),
                                          origin, ShellFields()));
  ShellSpec shell;
  shell.name = absl::StrCat(number);
  if (map.Has("name")) {
    SPACEMOE_ASSIGN_OR_RETURN(shell.name, map.Text("name"));
  }
  SPACEMOE_ASSIGN_OR_RETURN(shell.planes, map.Integer("planes"));
  SPACEMOE_ASSIGN_OR_RETURN(shell.satellites_per_plane,
                            map.Integer("satellites_per_plane"));
  SPACEMOE_RETURN_IF_ERROR(ReadNumber(map, "altitude_km", &shell.altitude_km));
  SPACEMOE_RETURN_IF_ERROR(
      ReadNumber(map, "inclination_deg", &shell.inclination_deg));
  SPACEMOE_RETURN_IF_ERROR(ReadPattern(map, &shell.pattern));
  SPACEMOE_RETURN_IF_ERROR(ReadSpread(map, &shell));
  SPACEMOE_RETURN_IF_ERROR(ReadNumber(map, "phasing", &shell.phasing));
  return shell;
}

absl::Status ReadLinks(const YamlMap& file, const std::string& origin,
                       LinkSpec* links) {
  if (!file.Has("links")) return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(const YAML::Node node, file.Node("links"));
  SPACEMOE_ASSIGN_OR_RETURN(
      const YamlMap map,
      YamlMap::Open(node, "links", origin,
                    {"rate_bps", "processing_ms", "atmosphere_km"}));
  SPACEMOE_RETURN_IF_ERROR(ReadOptional(map, "rate_bps", &links->rate_bps));
  SPACEMOE_RETURN_IF_ERROR(
      ReadOptional(map, "processing_ms", &links->processing_ms));
  return ReadOptional(map, "atmosphere_km", &links->atmosphere_km);
}

absl::Status ReadShells(const YamlMap& file, const std::string& origin,
                        std::vector<ShellSpec>* shells) {
  SPACEMOE_ASSIGN_OR_RETURN(const YAML::Node node, file.Node("shells"));
  if (!node.IsSequence() || node.size() == 0) {
    return file.Error(node, "field 'shells' must be a list of shells");
  }
  for (const YAML::Node& entry : node) {
    SPACEMOE_ASSIGN_OR_RETURN(ShellSpec shell,
                              ReadShell(entry, shells->size() + 1, origin));
    shells->push_back(std::move(shell));
  }
  return absl::OkStatus();
}

absl::StatusOr<ConstellationSpec> ReadFile(const std::string& text,
                                           const std::string& origin) {
  if (!IsOneDocument(text)) {
    return absl::InvalidArgumentError(
        absl::StrCat(origin,
                     ": expected one YAML or JSON document, found "
                     "none or several"));
  }
  SPACEMOE_ASSIGN_OR_RETURN(const YamlMap file,
                            YamlMap::Open(YAML::Load(text), "constellation",
                                          origin, {"name", "links", "shells"}));
  ConstellationSpec spec;
  SPACEMOE_ASSIGN_OR_RETURN(spec.name, file.Text("name"));
  SPACEMOE_RETURN_IF_ERROR(ReadLinks(file, origin, &spec.links));
  SPACEMOE_RETURN_IF_ERROR(ReadShells(file, origin, &spec.shells));
  return spec;
}

}  // namespace

absl::StatusOr<ConstellationSpec> ConstellationFromYaml(
    const std::string& text, const std::string& origin) {
  try {
    return ReadFile(text, origin);
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(origin, ":", error.mark.line + 1, ":",
                     error.mark.column + 1, ": not YAML or JSON: ", error.msg));
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(origin, ": not YAML or JSON: ", error.what()));
  }
}

}  // namespace spacemoe
