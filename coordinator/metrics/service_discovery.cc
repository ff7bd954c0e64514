#include "coordinator/metrics/service_discovery.h"

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace spacemoe {
namespace {

std::string RoleLabel(const SatelliteRoles& roles) {
  std::string role = !roles.gateway          ? "experts"
                     : roles.experts.empty() ? "gateway"
                                             : "layer";
  if (roles.layer < 0) role.clear();
  if (roles.head) absl::StrAppend(&role, role.empty() ? "head" : "+head");
  return role;
}

}  // namespace

std::string ServiceDiscoveryJson(const Plan& plan,
                                 const std::vector<MetricsTarget>& targets) {
  nlohmann::json groups = nlohmann::json::array();
  for (const MetricsTarget& target : targets) {
    const SatelliteRoles& roles = plan.satellites[target.index];
    nlohmann::json labels = {{"role", RoleLabel(roles)},
                             {"satellite", absl::StrCat(roles.satellite)}};
    if (roles.layer >= 0) labels["layer"] = absl::StrCat(roles.layer);
    groups.push_back({{"targets", {target.address}}, {"labels", labels}});
  }
  return groups.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace spacemoe
