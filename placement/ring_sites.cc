#include "placement/ring_sites.h"

#include "absl/strings/str_cat.h"
#include "placement/role_layout.h"
#include "placement/subnets.h"

namespace spacemoe {
namespace {

std::optional<std::string> TooFewInPlane(const Constellation& constellation,
                                         int layers) {
  if (constellation.satellites_per_plane() >= layers) return std::nullopt;
  return absl::StrCat("a ring of ", layers, " layers needs at least ", layers,
                      " satellites in a plane, ", constellation.Label(),
                      " has ", constellation.satellites_per_plane());
}

std::optional<std::string> TooSmallSubnet(const RingSites& sites,
                                          const ModelShape& model,
                                          const SolveOptions& options) {
  for (size_t l = 0; l < sites.size(); ++l) {
    const size_t experts = ExpertSatellites(model.layers[l], options);
    if (sites[l].size() >= 1 + experts) continue;
    return absl::StrCat(
        "layer ", l, " needs ", 1 + experts, " satellites (a gateway and ",
        model.layers[l].experts, " experts, ", options.experts_per_satellite,
        " per satellite), its subnet has ", sites[l].size(), " available");
  }
  return std::nullopt;
}

}  // namespace

RingSites AvailableSubnets(const Constellation& constellation, int layers,
                           const SolveOptions& options) {
  std::vector<char> excluded(constellation.satellite_count(), 0);
  for (int id : options.excluded) excluded[id] = 1;
  RingSites sites = Subnets(constellation, layers, options.start_time_s);
  for (std::vector<int>& subnet : sites) {
    std::erase_if(subnet, [&](int id) { return excluded[id] != 0; });
  }
  return sites;
}

std::optional<std::string> NoRing(const Constellation& constellation,
                                  const RingSites& sites,
                                  const ModelShape& model,
                                  const SolveOptions& options) {
  auto reason = TooFewInPlane(constellation, static_cast<int>(sites.size()));
  return reason.has_value() ? reason : TooSmallSubnet(sites, model, options);
}

std::vector<int> CentralGateways(const Constellation& constellation,
                                 const RingSites& sites,
                                 const SolveOptions& options) {
  const int layers = static_cast<int>(sites.size());
  std::vector<int> gateways;
  for (int l = 0; l < layers; ++l) {
    gateways.push_back(ByCentrality(constellation, sites[l], l, layers,
                                    options.start_time_s)[0]);
  }
  return gateways;
}

std::vector<int> Without(std::vector<int> sites, int satellite) {
  std::erase(sites, satellite);
  return sites;
}

}  // namespace spacemoe
