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

SitePath PathOver(const LinkSpec& links, const PathDelay& there,
                  const PathDelay& onward, const ModelShape& model,
                  double expert_compute_ms) {
  const LatencyParts output = PathParts(onward, links, model.output_bytes);
  SitePath path;
  path.base = PathParts(there, links, model.dispatch_bytes);
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

bool Reachable(const std::vector<PathDelay>& paths) {
  return std::all_of(paths.begin(), paths.end(),
                     [](const PathDelay& path) { return path.reachable(); });
}

std::vector<int> IndicesOf(const std::vector<int>& replicas,
                           const std::vector<int>& sites) {
  std::vector<int> indices;
  for (int satellite : replicas) indices.push_back(IndexOf(sites, satellite));
  return indices;
}

void AddExperts(const std::vector<std::vector<int>>& experts,
                const std::vector<int>& sites, LayerPaths* paths) {
  bool copied = false;
  for (const std::vector<int>& replicas : experts) {
    paths->site_of.push_back(FastestSite(replicas, sites, *paths));
    copied |= replicas.size() > 1;
  }
  if (!copied) return;
  for (const std::vector<int>& replicas : experts) {
    paths->copies.push_back(IndicesOf(replicas, sites));
  }
}

// A satellite with a whole layer sends the layer's result alone: one row,
// whatever the number of experts, and no residual.
void SendOnlyTheResult(const LatencyParts& way, LayerPaths* paths) {
  SitePath& site = paths->sites.front();
  site.base = way;
  site.per_expert.serialization_ms = 0;
  paths->residual = way;
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
  const std::vector<PathDelay> there = finder->FindDelays(gateway, targets, t);
  const std::vector<PathDelay> onward = finder->FindDelays(successor, sites, t);
  LayerPaths paths;
  paths.connected = Reachable(there) && Reachable(onward);
  if (!paths.connected) return paths;
  const LinkSpec& links = constellation.links();
  const double compute_ms =
      1e3 * ComputeSeconds(model.layers[layer].expert, options);
  paths.residual = PathParts(there.back(), links, model.residual_bytes);
  for (size_t i = 0; i < sites.size(); ++i) {
    paths.sites.push_back(
        PathOver(links, there[i], onward[i], model, compute_ms));
  }
  if (sites.size() == 1 && sites.front() == gateway) {
    SendOnlyTheResult(PathParts(there.back(), links, model.output_bytes),
                      &paths);
  }
  AddExperts(placement.experts[layer], sites, &paths);
  return paths;
}

const std::vector<int>& SlowestPath::SitesOf(const std::vector<int>& experts) {
  if (paths_.copies.empty()) {
    sites_.clear();
    for (int expert : experts) sites_.push_back(paths_.site_of[expert]);
    return sites_;
  }
  copies_.clear();
  for (int expert : experts) copies_.push_back(&paths_.copies[expert]);
  sites_ = choice_.Choose(copies_, static_cast<int>(paths_.sites.size()),
                          [this](int site, int load) {
                            return paths_.sites[site].For(load).total_ms();
                          });
  return sites_;
}

LatencyParts SlowestPath::Of(const std::vector<int>& experts) {
  LatencyParts slowest = paths_.residual;
  SitesOf(experts);
  for (int site : sites_) ++load_[site];
  for (int site : sites_) {
    if (load_[site] == 0) continue;
    const LatencyParts parts = paths_.sites[site].For(load_[site]);
    if (parts.total_ms() > slowest.total_ms()) slowest = parts;
    load_[site] = 0;
  }
  return slowest;
}

LatencyParts PathParts(const PathDelay& path, const LinkSpec& links,
                       int64_t bytes) {
  const double processing_ms = links.processing_ms * path.hops;
  return {.propagation_ms = std::max(
              0.0, 1e-6 * static_cast<double>(path.delay_ns) - processing_ms),
          .processing_ms = processing_ms,
          .serialization_ms =
              8e3 * static_cast<double>(bytes) / links.rate_bps * path.hops};
}

}  // namespace spacemoe
