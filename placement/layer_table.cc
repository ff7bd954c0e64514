#include "placement/layer_table.h"

namespace spacemoe {
namespace {

// Milliseconds of a message over a path.
double MessageMs(const PathDelay& path, const LinkSpec& links, int64_t bytes) {
  if (!path.reachable()) return kUnreachableMs;
  return 1e-6 * static_cast<double>(path.delay_ns) +
         8e3 * static_cast<double>(bytes) / links.rate_bps * path.hops;
}

double SerializationMs(const PathDelay& path, const LinkSpec& links,
                       int64_t bytes) {
  return 8e3 * static_cast<double>(bytes) / links.rate_bps * path.hops;
}

void AddState(const PlacementProblem& problem, const LinkSpec& links,
              const LayerSites& layer, double compute_ms, double t,
              RouteFinder* finder, LayerTable* table) {
  const ModelShape& model = problem.model;
  std::vector<int> targets = layer.sites;
  targets.push_back(layer.successor);
  const std::vector<PathDelay> there =
      finder->FindDelays(layer.gateway, targets, t);
  const std::vector<PathDelay> onward =
      finder->FindDelays(layer.successor, layer.sites, t);
  for (size_t i = 0; i < layer.sites.size(); ++i) {
    table->path_ms.push_back(MessageMs(there[i], links, model.dispatch_bytes) +
                             MessageMs(onward[i], links, 0));
    table->per_expert_ms.push_back(
        SerializationMs(onward[i], links, model.output_bytes) + compute_ms);
  }
  table->residual_ms.push_back(
      MessageMs(there.back(), links, model.residual_bytes));
  ++table->states;
}

}  // namespace

double LayerTable::MeanMs(int site) const {
  double sum = 0;
  for (int state = 0; state < states; ++state) sum += Latency(state, site, 1);
  return sum / states;
}

std::vector<LayerTable> MakeLayerTables(const PlacementProblem& problem,
                                        const Constellation& constellation,
                                        const SolveOptions& options,
                                        const std::vector<LayerSites>& layers) {
  std::vector<LayerTable> tables(layers.size());
  for (size_t l = 0; l < layers.size(); ++l) tables[l].sites = layers[l].sites;
  const std::vector<double> times = SlotTimes(options);
  RouteFinder finder(constellation);
  for (int slot = 0; slot < options.slots; ++slot) {
    if (!options.topology.cuts_nothing()) {
      finder.UseSlot(options.topology, slot);
    }
    for (size_t l = 0; l < layers.size(); ++l) {
      const double compute_ms =
          1e3 * ComputeSeconds(problem.model.layers[l].expert, options);
      AddState(problem, constellation.links(), layers[l], compute_ms,
               times[slot], &finder, &tables[l]);
    }
  }
  return tables;
}

}  // namespace spacemoe
