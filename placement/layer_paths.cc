#include "placement/layer_paths.h"

#include <algorithm>

namespace spacemoe {
namespace {

// The satellites that hold the layer's experts, ascending, each once.
std::vector<int> SitesOf(const std::vector<std::vector<int>>& experts) {
  std::vector<int> sites;
  for (const std::vector<int>& replicas : experts) {
    sites.insert(sites.end(), replicas.begin(), replicas.end());
  }
  std::sort(sites.begin(), sites.end());
  sites.erase(std::unique(sites.begin(), sites.end()), sites.end());
  return sites;
}

int IndexOf(const std::vector<int>& sites, int satellite) {
  return static_cast<int>(
      std::lower_bound(sites.begin(), sites.end(), satellite) - sites.begin());
}

SitePath PathOver(const Constellation& constellation, const Route& there,
                  const Route& onward, const ModelShape& model,
                  double expert_compute_ms, double t) {
  LatencyParts output =
      ToParts(Evaluate(constellation, onward, t, model.output_bytes));
  SitePath path;
  path.base = ToParts(Evaluate(constellation, there, t, model.dispatch_bytes));
  path.base.propagation_ms += output.propagation_ms;
  path.base.processing_ms += output.processing_ms;
  path.per_expert.serialization_ms = output.serialization_ms;
  path.per_expert.compute_ms = expert_compute_ms;
  return path;
}

int FastestSite(const std::vector<int>& replicas, const std::vector<int>& sites,
                const LayerPaths& paths) {
  int best = IndexOf(sites, replicas[0]);
  for (int satellite : replicas) {
    const int site = IndexOf(sites, satellite);
    if (paths.sites[site].For(1).total_ms() <
        paths.sites[best].For(1).total_ms()) {
      best = site;
    }
  }
  return best;
}

}  // namespace

LatencyParts SitePath::For(int experts) const {
  LatencyParts parts = per_expert;
  parts *= experts;
  parts += base;
  return parts;
}

LayerPaths FindLayerPaths(const PlacementProblem& problem,
                          const Placement& placement, int layer,
                          const Constellation& constellation,
                          const SolveOptions& options, double t,
                          RouteFinder* finder) {
  const ModelShape& model = problem.model;
  const int gateway = placement.gateways[layer];
  const int successor = placement.Successor(layer);
  const std::vector<int> sites = SitesOf(placement.experts[layer]);
  std::vector<int> targets = sites;
  targets.push_back(successor);
  // Links are the same both ways, so the way onward is found from its end.
  const std::vector<Route> there = finder->Find(gateway, targets, t);
  const std::vector<Route> onward = finder->Find(successor, sites, t);
  const double compute_ms =
      1e3 * ComputeSeconds(model.layers[layer].expert, options);
  LayerPaths paths;
  paths.residual =
      ToParts(Evaluate(constellation, there.back(), t, model.residual_bytes));
  for (size_t i = 0; i < sites.size(); ++i) {
    paths.sites.push_back(
        PathOver(constellation, there[i], onward[i], model, compute_ms, t));
  }
  for (const std::vector<int>& replicas : placement.experts[layer]) {
    paths.site_of.push_back(FastestSite(replicas, sites, paths));
  }
  return paths;
}

LatencyParts SlowestPath::Of(const std::vector<int>& experts) {
  for (int expert : experts) ++load_[paths_.site_of[expert]];
  LatencyParts slowest = paths_.residual;
  for (int expert : experts) {
    int& load = load_[paths_.site_of[expert]];
    if (load == 0) continue;
    const LatencyParts parts = paths_.sites[paths_.site_of[expert]].For(load);
    if (parts.total_ms() > slowest.total_ms()) slowest = parts;
    load = 0;
  }
  return slowest;
}

}  // namespace spacemoe
