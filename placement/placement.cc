#include "placement/placement.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "placement/role_layout.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using RoleMap = std::map<int, SatelliteRoles>;

SatelliteRoles& At(RoleMap* roles, int satellite) {
  SatelliteRoles& entry = (*roles)[satellite];
  entry.satellite = satellite;
  return entry;
}

absl::Status CheckSite(int id, const std::string& role,
                       const Constellation& constellation,
                       const std::set<int>& excluded) {
  if (id < 0 || id >= constellation.satellite_count()) {
    return absl::InvalidArgumentError(
        absl::StrCat(role, " is on satellite ", id, ", the constellation has ",
                     constellation.satellite_count()));
  }
  if (!excluded.contains(id)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(role, " is on the excluded satellite ", id));
}

// Satellite -> the one layer that it serves.
class LayerOwners {
 public:
  absl::Status Claim(int satellite, int layer) {
    const auto [it, inserted] = owner_.emplace(satellite, layer);
    if (it->second == layer) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat("satellite ", satellite,
                                                   " serves the layers ",
                                                   it->second, " and ", layer));
  }

 private:
  std::map<int, int> owner_;
};

absl::Status CheckShape(const Placement& placement, const ModelShape& model) {
  const size_t layers = model.layers.size();
  if (placement.gateways.size() != layers ||
      placement.experts.size() != layers) {
    return absl::InvalidArgumentError(
        absl::StrCat("the placement has ", placement.gateways.size(),
                     " gateways and ", placement.experts.size(),
                     " layers of experts, the model has ", layers, " layers"));
  }
  for (size_t l = 0; l < layers; ++l) {
    if (placement.experts[l].size() ==
        static_cast<size_t>(model.layers[l].experts)) {
      continue;
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "layer ", l, ": the placement has ", placement.experts[l].size(),
        " experts, the model has ", model.layers[l].experts));
  }
  return absl::OkStatus();
}

absl::Status CheckReplicas(const std::vector<int>& replicas, int layer,
                           const std::string& role,
                           const Constellation& constellation,
                           const std::set<int>& excluded, LayerOwners* owners) {
  if (replicas.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(role, " has no satellite"));
  }
  std::set<int> seen;
  for (int id : replicas) {
    SPACEMOE_RETURN_IF_ERROR(CheckSite(id, role, constellation, excluded));
    SPACEMOE_RETURN_IF_ERROR(owners->Claim(id, layer));
    if (!seen.insert(id).second) {
      return absl::InvalidArgumentError(
          absl::StrCat(role, " is on satellite ", id, " twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSites(const Placement& placement,
                        const Constellation& constellation,
                        const std::set<int>& excluded) {
  LayerOwners owners;
  for (int l = 0; l < placement.layers(); ++l) {
    const std::string role = absl::StrCat("layer ", l, "'s gateway");
    SPACEMOE_RETURN_IF_ERROR(CheckReplicas({placement.gateways[l]}, l, role,
                                           constellation, excluded, &owners));
    for (size_t e = 0; e < placement.experts[l].size(); ++e) {
      SPACEMOE_RETURN_IF_ERROR(
          CheckReplicas(placement.experts[l][e], l,
                        absl::StrCat("layer ", l, "'s expert ", e),
                        constellation, excluded, &owners));
    }
  }
  SPACEMOE_RETURN_IF_ERROR(
      CheckSite(placement.head, "the head", constellation, excluded));
  if (placement.head == placement.gateways[0]) return absl::OkStatus();
  return owners.Claim(placement.head, -1);
}

absl::Status CheckLoad(const SatelliteRoles& roles,
                       const PlacementProblem& problem,
                       const SolveOptions& options) {
  const int held = static_cast<int>(roles.experts.size());
  const bool whole_layer =
      roles.gateway && held == problem.model.layers[roles.layer].experts;
  if (!whole_layer && held > options.experts_per_satellite) {
    return absl::InvalidArgumentError(absl::StrCat(
        "satellite ", roles.satellite, " holds ", held, " experts, at most ",
        options.experts_per_satellite, " are allowed"));
  }
  const int64_t bytes = BytesOf(roles, problem.model);
  const int64_t limit = options.memory_bytes_per_satellite.value_or(bytes);
  if (bytes <= limit) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("satellite ", roles.satellite,
                                                 " needs ", bytes,
                                                 " bytes, it has ", limit));
}

}  // namespace

std::vector<SatelliteRoles> RolesBySatellite(const Placement& placement) {
  RoleMap map;
  for (int l = 0; l < placement.layers(); ++l) {
    SatelliteRoles& gateway = At(&map, placement.gateways[l]);
    gateway.gateway = true;
    gateway.layer = l;
    for (size_t e = 0; e < placement.experts[l].size(); ++e) {
      for (int satellite : placement.experts[l][e]) {
        SatelliteRoles& entry = At(&map, satellite);
        entry.layer = l;
        entry.experts.push_back(static_cast<int>(e));
      }
    }
  }
  At(&map, placement.head).head = true;
  std::vector<SatelliteRoles> roles;
  roles.reserve(map.size());
  for (auto& [satellite, entry] : map) roles.push_back(std::move(entry));
  return roles;
}

int64_t BytesOf(const SatelliteRoles& roles, const ModelShape& model) {
  int64_t bytes = roles.head ? model.head.bytes : 0;
  if (roles.layer < 0) return bytes;
  const LayerShape& layer = model.layers[roles.layer];
  if (roles.gateway) bytes += layer.gateway.bytes;
  return bytes +
         static_cast<int64_t>(roles.experts.size()) * layer.expert.bytes;
}

absl::Status ValidatePlacement(const Placement& placement,
                               const PlacementProblem& problem,
                               const Constellation& constellation,
                               const SolveOptions& options) {
  SPACEMOE_RETURN_IF_ERROR(CheckShape(placement, problem.model));
  const std::set<int> excluded(options.excluded.begin(),
                               options.excluded.end());
  SPACEMOE_RETURN_IF_ERROR(CheckSites(placement, constellation, excluded));
  for (const SatelliteRoles& roles : RolesBySatellite(placement)) {
    SPACEMOE_RETURN_IF_ERROR(CheckLoad(roles, problem, options));
  }
  return absl::OkStatus();
}

absl::Status ValidatePlan(const Placement& placement,
                          const PlacementProblem& problem,
                          const Constellation& constellation,
                          const SolveOptions& options) {
  SPACEMOE_RETURN_IF_ERROR(ValidateProblem(problem));
  SPACEMOE_RETURN_IF_ERROR(
      ValidateOptions(options, constellation.satellite_count()));
  return ValidatePlacement(placement, problem, constellation, options);
}

}  // namespace spacemoe
