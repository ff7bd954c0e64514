#include "placement/role_layout.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_format.h"

namespace spacemoe {
namespace {

std::string Shortage(const std::string& what, int64_t bytes, int64_t limit) {
  return absl::StrFormat(
      "%s needs %.1f MiB on one satellite, which has %.1f MiB", what,
      static_cast<double>(bytes) / (1 << 20),
      static_cast<double>(limit) / (1 << 20));
}

}  // namespace

int ExpertSatellites(const LayerShape& layer, const SolveOptions& options) {
  const int per_satellite = options.experts_per_satellite;
  if (per_satellite >= layer.experts) return 0;
  return (layer.experts + per_satellite - 1) / per_satellite;
}

int SatellitesNeeded(const ModelShape& model, const SolveOptions& options) {
  int needed = 0;
  for (const LayerShape& layer : model.layers) {
    needed += 1 + ExpertSatellites(layer, options);
  }
  return needed;
}

std::optional<std::string> MemoryShortage(const ModelShape& model,
                                          const SolveOptions& options) {
  if (!options.memory_bytes_per_satellite.has_value()) return std::nullopt;
  const int64_t limit = *options.memory_bytes_per_satellite;
  for (size_t l = 0; l < model.layers.size(); ++l) {
    const LayerShape& layer = model.layers[l];
    const bool whole = ExpertSatellites(layer, options) == 0;
    int64_t gateway = layer.gateway.bytes + (l == 0 ? model.head.bytes : 0);
    if (whole) gateway += layer.experts * layer.expert.bytes;
    if (gateway > limit) {
      return Shortage(
          absl::StrFormat("layer %d's gateway%s%s", l, l == 0 ? ", head" : "",
                          whole && layer.experts > 0 ? " and experts" : ""),
          gateway, limit);
    }
    const int64_t experts = options.experts_per_satellite * layer.expert.bytes;
    if (!whole && experts > limit) {
      return Shortage(absl::StrFormat("layer %d with %d experts per satellite",
                                      l, options.experts_per_satellite),
                      experts, limit);
    }
  }
  return std::nullopt;
}

Placement EmptyPlacement(const ModelShape& model) {
  Placement placement;
  placement.gateways.assign(model.layers.size(), -1);
  placement.experts.resize(model.layers.size());
  for (size_t l = 0; l < model.layers.size(); ++l) {
    placement.experts[l].resize(model.layers[l].experts);
  }
  return placement;
}

void AssignExperts(const std::vector<int>& order, const std::vector<int>& sites,
                   int layer, const LayerShape& shape,
                   const SolveOptions& options, Placement* placement) {
  const bool whole = ExpertSatellites(shape, options) == 0;
  for (size_t rank = 0; rank < order.size(); ++rank) {
    const int site = whole ? placement->gateways[layer]
                           : sites[rank / options.experts_per_satellite];
    placement->experts[layer][order[rank]] = {site};
  }
}

std::vector<int> ByActivation(const std::vector<double>& activation) {
  std::vector<int> order(activation.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return activation[a] > activation[b]; });
  return order;
}

}  // namespace spacemoe
