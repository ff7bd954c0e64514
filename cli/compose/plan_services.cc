#include "cli/compose/plan_services.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"
#include "placement/presets.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using Json = nlohmann::json;

// More satellites, layers or bytes than any plan has.
constexpr int64_t kMostSatellites = 1 << 20;
constexpr int64_t kMostBytes = int64_t{1} << 50;

class Reader {
 public:
  explicit Reader(std::string_view origin) : origin_(origin) {}

  absl::Status Bad(const std::string& field,
                   const std::string& expected) const {
    return absl::InvalidArgumentError(
        absl::StrCat(origin_, ": ", field, ": expected ", expected));
  }

  absl::StatusOr<std::string> Text(const Json& object, const char* name) const {
    const auto field = object.find(name);
    if (field == object.end() || !field->is_string())
      return Bad(name, "a text, as `spacemoe plan --json` prints");
    return field->get<std::string>();
  }

  absl::StatusOr<int64_t> Whole(const Json& object, const char* name,
                                int64_t most) const {
    const auto field = object.find(name);
    if (field == object.end() || !field->is_number_integer() ||
        (field->is_number_unsigned() &&
         field->get<uint64_t>() > static_cast<uint64_t>(most)) ||
        field->get<int64_t>() < 0 || field->get<int64_t>() > most) {
      return Bad(name, absl::StrCat("a whole number from 0 to ", most));
    }
    return field->get<int64_t>();
  }

  absl::StatusOr<bool> Flag(const Json& object, const char* name) const {
    const auto field = object.find(name);
    if (field == object.end() || !field->is_boolean())
      return Bad(name, "true or false");
    return field->get<bool>();
  }

 private:
  const std::string origin_;
};

absl::Status AddRole(const Reader& reader, const Json& role, int index,
                     std::map<int, LayerService>* layers) {
  if (!role.is_object()) return reader.Bad("roles", "objects");
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t layer,
                            reader.Whole(role, "layer", kMostSatellites));
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t bytes,
                            reader.Whole(role, "bytes", kMostBytes));
  SPACEMOE_ASSIGN_OR_RETURN(const bool gateway, reader.Flag(role, "gateway"));
  LayerService& service = (*layers)[static_cast<int>(layer)];
  service.layer = static_cast<int>(layer);
  service.indices.push_back(index);
  service.gateways += gateway;
  service.weight_bytes += bytes;
  return absl::OkStatus();
}

absl::Status ReadRoles(const Reader& reader, const Json& plan,
                       PlanServices* services) {
  const auto roles = plan.find("roles");
  if (roles == plan.end() || !roles->is_array() || roles->empty() ||
      roles->size() > kMostSatellites) {
    return reader.Bad("roles", "a list of satellites");
  }
  std::map<int, LayerService> layers;
  for (const Json& role : *roles) {
    SPACEMOE_RETURN_IF_ERROR(
        AddRole(reader, role, services->satellites++, &layers));
  }
  for (auto& [layer, service] : layers)
    services->layers.push_back(std::move(service));
  return absl::OkStatus();
}

absl::Status ReadConstellation(const Reader& reader, const Json& plan,
                               PlanServices* services) {
  const auto constellation = plan.find("constellation");
  if (constellation == plan.end() || !constellation->is_object())
    return reader.Bad("constellation", "an object");
  SPACEMOE_ASSIGN_OR_RETURN(services->constellation,
                            reader.Text(*constellation, "name"));
  const std::vector<std::string> presets = PresetNames();
  if (std::find(presets.begin(), presets.end(), services->constellation) !=
      presets.end()) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat("the plan's constellation '", services->constellation,
                   "' is none of the presets ", absl::StrJoin(presets, ", "),
                   ": the coordinator's container would not find its file"));
}

absl::Status ReadOptions(const Reader& reader, const Json& plan,
                         PlanServices* services) {
  SPACEMOE_ASSIGN_OR_RETURN(services->strategy, reader.Text(plan, "strategy"));
  SPACEMOE_ASSIGN_OR_RETURN(services->profile, reader.Text(plan, "profile"));
  SPACEMOE_ASSIGN_OR_RETURN(
      const int64_t experts,
      reader.Whole(plan, "experts_per_satellite", kMostSatellites));
  services->experts_per_satellite = static_cast<int>(experts);
  SPACEMOE_ASSIGN_OR_RETURN(
      const int64_t seed,
      reader.Whole(plan, "seed", std::numeric_limits<int64_t>::max()));
  services->seed = static_cast<uint64_t>(seed);
  const auto start = plan.find("start_time_s");
  if (start == plan.end() || !start->is_number() || start->get<double>() < 0)
    return reader.Bad("start_time_s", "seconds, at least 0");
  services->start_time_s = start->get<double>();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PlanServices> ParsePlanServices(std::string_view text,
                                               std::string_view origin) {
  const Reader reader(origin);
  const Json plan = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!plan.is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(origin),
                     ": expected the output of `spacemoe plan --json`"));
  }
  SPACEMOE_ASSIGN_OR_RETURN(const bool feasible, reader.Flag(plan, "feasible"));
  if (!feasible) {
    return absl::FailedPreconditionError(
        absl::StrCat(std::string(origin), ": this plan does not fit"));
  }
  PlanServices services;
  SPACEMOE_RETURN_IF_ERROR(ReadConstellation(reader, plan, &services));
  SPACEMOE_RETURN_IF_ERROR(ReadOptions(reader, plan, &services));
  SPACEMOE_RETURN_IF_ERROR(ReadRoles(reader, plan, &services));
  return services;
}

}  // namespace spacemoe
