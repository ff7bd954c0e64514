#include "placement/compact_sites.h"

#include <algorithm>

#include "placement/path_latency.h"

namespace spacemoe {
namespace {

class Pool {
 public:
  Pool(const Constellation& constellation, const std::vector<int>& gateways,
       const SolveOptions& options)
      : constellation_(constellation),
        taken_(constellation.satellite_count(), 0),
        seen_(constellation.satellite_count(), 0) {
    for (int id : options.excluded) taken_[id] = 1;
    for (int id : gateways) taken_[id] = 1;
  }

  // Free satellites by hops from either end, at least `count` if there are.
  std::vector<int> Around(int gateway, int successor, size_t count) {
    ++round_;
    std::vector<int> queue;
    std::vector<int> free;
    Visit(gateway, &queue, &free);
    Visit(successor, &queue, &free);
    for (size_t i = 0; i < queue.size() && free.size() < count; ++i) {
      for (int next : constellation_.Neighbours(queue[i])) {
        Visit(next, &queue, &free);
      }
    }
    return free;
  }

  bool Take(int id) {
    if (taken_[id]) return false;
    taken_[id] = 1;
    return true;
  }

 private:
  void Visit(int id, std::vector<int>* queue, std::vector<int>* free) {
    if (seen_[id] == round_) return;
    seen_[id] = round_;
    queue->push_back(id);
    if (!taken_[id]) free->push_back(id);
  }

  const Constellation& constellation_;
  std::vector<char> taken_;
  std::vector<int> seen_;  // the round that saw it
  int round_ = 0;
};

// Takes for the layer the nearest site that is still free, if there is one.
bool TakeNext(const std::vector<int>& candidates, size_t* next, Pool* pool,
              std::vector<int>* sites) {
  while (*next < candidates.size()) {
    const int id = candidates[(*next)++];
    if (!pool->Take(id)) continue;
    sites->push_back(id);
    return true;
  }
  return false;
}

}  // namespace

std::vector<std::vector<int>> ShareSites(const Constellation& constellation,
                                         const std::vector<int>& gateways,
                                         const std::vector<int>& quota,
                                         const ModelShape& model,
                                         const SolveOptions& options) {
  const size_t layers = gateways.size();
  Pool pool(constellation, gateways, options);
  std::vector<std::vector<int>> candidates(layers);
  for (size_t l = 0; l < layers; ++l) {
    if (quota[l] == 0) continue;
    const int count = 3 * quota[l] + 8;
    const int successor = gateways[(l + 1) % layers];
    candidates[l] = NearestSites(constellation, gateways[l], successor,
                                 pool.Around(gateways[l], successor, 2 * count),
                                 count, model, options);
  }
  std::vector<std::vector<int>> sites(layers);
  std::vector<size_t> next(layers, 0);
  bool any = true;
  while (any) {
    any = false;
    for (size_t l = 0; l < layers; ++l) {
      if (static_cast<int>(sites[l].size()) >= quota[l]) continue;
      any |= TakeNext(candidates[l], &next[l], &pool, &sites[l]);
    }
  }
  return sites;
}

}  // namespace spacemoe
