#include "placement/compact_layout.h"

#include <algorithm>
#include <utility>

#include "placement/expert_search.h"
#include "placement/layer_table.h"
#include "placement/role_layout.h"

namespace spacemoe {
namespace {

// Site 0 of a layer's table is its gateway.
constexpr int kGatewaySite = 0;

int FitsIn(int64_t bytes_left, int64_t expert_bytes, int most) {
  if (bytes_left < 0) return 0;
  if (expert_bytes == 0) return most;
  return static_cast<int>(std::min<int64_t>(most, bytes_left / expert_bytes));
}

// Experts by activation dealt to the sites from `first` on in turn, as their
// capacity allows. nullopt: there is not room for all.
std::optional<ExpertSites> Deal(const std::vector<double>& activation,
                                const std::vector<int>& capacity, int first) {
  std::vector<int> left = capacity;
  ExpertSites experts(activation.size());
  size_t site = first;
  for (int expert : ByActivation(activation)) {
    size_t tries = 0;
    while (tries++ < capacity.size() &&
           (site >= capacity.size() || left[site] == 0)) {
      site = site + 1 < capacity.size() ? site + 1 : first;
    }
    if (site >= capacity.size() || left[site] == 0) return std::nullopt;
    --left[site];
    experts[expert] = {static_cast<int>(site)};
    site = site + 1 < capacity.size() ? site + 1 : first;
  }
  return experts;
}

class LayerLayout {
 public:
  LayerLayout(const PlacementProblem& problem, int layer,
              const SolveOptions& options, const LayerTable& table,
              const SelectionLaw& law, int64_t budget)
      : activation_(problem.activation[layer]),
        options_(options),
        room_(RoomOf(problem.model, layer, options)),
        table_(table),
        law_(law),
        objective_(table, law),
        budget_(budget) {}

  // Fills best() or says that there is no layout.
  bool Solve() {
    const int experts = static_cast<int>(activation_.size());
    if (experts == 0) {
      Consider({});
      return true;
    }
    if (room_.gateway >= experts) {
      Consider(ExpertSites(experts, {kGatewaySite}));
    }
    SearchLimits limits{
        .capacity = std::vector<int>(table_.site_count(), room_.site),
        .max_copies = options_.max_copies,
        .budget = budget_};
    limits.capacity[kGatewaySite] = options_.mixed_gateways ? room_.gateway : 0;
    for (int first = options_.mixed_gateways ? 0 : 1; first <= 1; ++first) {
      auto start = Deal(activation_, limits.capacity, first);
      if (!start.has_value()) continue;
      Consider(ImproveExperts(table_, law_, limits, *std::move(start)));
    }
    return found_;
  }

  const ExpertSites& best() const { return best_; }
  double best_ms() const { return best_ms_; }

 private:
  void Consider(ExpertSites experts) {
    const double ms = objective_.Of(experts);
    if (found_ && ms >= best_ms_) return;
    found_ = true;
    best_ms_ = ms;
    best_ = std::move(experts);
  }

  const std::vector<double>& activation_;
  const SolveOptions& options_;
  const LayerRoom room_;
  const LayerTable& table_;
  const SelectionLaw& law_;
  ExpectedMax objective_;
  const int64_t budget_;
  bool found_ = false;
  ExpertSites best_;
  double best_ms_ = 0;
};

std::vector<LayerSites> WithGateways(
    const std::vector<int>& gateways,
    const std::vector<std::vector<int>>& sites) {
  std::vector<LayerSites> layers;
  for (size_t l = 0; l < gateways.size(); ++l) {
    LayerSites layer{.gateway = gateways[l],
                     .successor = gateways[(l + 1) % gateways.size()],
                     .sites = {gateways[l]}};
    layer.sites.insert(layer.sites.end(), sites[l].begin(), sites[l].end());
    layers.push_back(std::move(layer));
  }
  return layers;
}

void Put(const ExpertSites& experts, const LayerTable& table,
         std::vector<std::vector<int>>* placed) {
  for (size_t e = 0; e < experts.size(); ++e) {
    (*placed)[e].clear();
    for (int site : experts[e]) (*placed)[e].push_back(table.sites[site]);
  }
}

}  // namespace

LayerRoom RoomOf(const ModelShape& model, int layer,
                 const SolveOptions& options) {
  const LayerShape& shape = model.layers[layer];
  const int most = std::min(options.experts_per_satellite, shape.experts);
  if (!options.memory_bytes_per_satellite.has_value()) return {most, most};
  const int64_t memory = *options.memory_bytes_per_satellite;
  const int64_t gateway =
      shape.gateway.bytes + (layer == 0 ? model.head.bytes : 0);
  return {FitsIn(memory - gateway, shape.expert.bytes, most),
          FitsIn(memory, shape.expert.bytes, most)};
}

std::optional<int> FewestSites(const ModelShape& model, int layer,
                               const SolveOptions& options) {
  const int experts = model.layers[layer].experts;
  const LayerRoom room = RoomOf(model, layer, options);
  if (room.gateway >= experts) return 0;
  const int rest = experts - (options.mixed_gateways ? room.gateway : 0);
  if (room.site == 0) return std::nullopt;
  return (rest + room.site - 1) / room.site;
}

std::optional<CompactLayout> LayOut(const PlacementProblem& problem,
                                    const Constellation& constellation,
                                    const SolveOptions& options,
                                    const std::vector<SelectionLaw>& laws,
                                    const std::vector<int>& gateways,
                                    const std::vector<std::vector<int>>& sites,
                                    int64_t budget) {
  const std::vector<LayerTable> tables = MakeLayerTables(
      problem, constellation, options, WithGateways(gateways, sites));
  CompactLayout layout{EmptyPlacement(problem.model), 0};
  layout.placement.gateways = gateways;
  layout.placement.head = gateways[0];
  for (size_t l = 0; l < gateways.size(); ++l) {
    LayerLayout layer(problem, static_cast<int>(l), options, tables[l], laws[l],
                      budget);
    if (!layer.Solve()) return std::nullopt;
    layout.layers_ms += layer.best_ms();
    Put(layer.best(), tables[l], &layout.placement.experts[l]);
  }
  return layout;
}

}  // namespace spacemoe
