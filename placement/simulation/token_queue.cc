#include "placement/simulation/token_queue.h"

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <tuple>

namespace spacemoe {
namespace {

constexpr int kAtHead = -1;

// A token reaches a gateway, or the head.
struct Arrival {
  double at_ms;
  int token;
  int layer;

  friend bool operator>(const Arrival& a, const Arrival& b) {
    return std::tie(a.at_ms, a.token) > std::tie(b.at_ms, b.token);
  }
};

// Serves in the order of arrival.
class Server {
 public:
  // When the work is done.
  double Serve(double arrival_ms, double work_ms) {
    free_ms_ = std::max(free_ms_, arrival_ms) + work_ms;
    return free_ms_;
  }

 private:
  double free_ms_ = 0;
};

// A satellite's requests come one by one in the order of their arrival only if
// they all come from one gateway over one path, which they do. A gateway runs
// its own experts right after the row that chose them.
class Ring {
 public:
  Ring(const PlacementProblem& problem, const Placement& placement,
       const SolveOptions& options, const SlotEvaluation& slot,
       const std::vector<SetSampler>& samplers, const QueueOptions& queue)
      : problem_(problem),
        options_(options),
        slot_(slot),
        samplers_(samplers),
        queue_(queue),
        rng_(queue.seed),
        gateways_(slot.layers.size()),
        lap_start_ms_(queue.tokens, 0.0),
        laps_(queue.tokens, 0),
        sets_(queue.tokens, -1) {
    for (size_t l = 0; l < slot.layers.size(); ++l) {
      sites_.emplace_back(slot.layers[l].sites.size());
      slowest_.emplace_back(slot.layers[l]);
      own_site_.push_back(OwnSite(placement, static_cast<int>(l)));
    }
    for (int token = 0; token < queue.tokens; ++token) {
      arrivals_.push({0, token, kAtHead});
    }
  }

  std::vector<double> Run() {
    const size_t wanted = static_cast<size_t>(queue_.tokens) * queue_.laps;
    while (measured_.size() < wanted) {
      const Arrival arrival = arrivals_.top();
      arrivals_.pop();
      if (arrival.layer == kAtHead) {
        PassHead(arrival);
      } else {
        PassLayer(arrival);
      }
    }
    return std::move(measured_);
  }

 private:
  // The index of the gateway among its layer's sites, or -1. Sites are in the
  // order of their satellites.
  static int OwnSite(const Placement& placement, int layer) {
    std::map<int, int> index;
    for (const auto& copies : placement.experts[layer]) {
      for (int satellite : copies) index[satellite] = 0;
    }
    const auto own = index.find(placement.gateways[layer]);
    if (own == index.end()) return -1;
    return static_cast<int>(std::distance(index.begin(), own));
  }

  double ComputeMs(const RoleCost& role) const {
    return 1e3 * ComputeSeconds(role, options_);
  }

  void PassHead(const Arrival& arrival) {
    const double compute_ms = ComputeMs(problem_.model.head);
    const double end = head_.Serve(arrival.at_ms, compute_ms);
    int& lap = laps_[arrival.token];
    if (lap > queue_.warm_up_laps) {
      measured_.push_back(end - lap_start_ms_[arrival.token]);
    }
    ++lap;
    lap_start_ms_[arrival.token] = end;
    const double way = slot_.head.total_ms() - slot_.head.compute_ms;
    arrivals_.push({end + way, arrival.token, 0});
  }

  void PassLayer(const Arrival& arrival) {
    const int l = arrival.layer;
    const LayerPaths& paths = slot_.layers[l];
    const double done = gateways_[l].Serve(
        arrival.at_ms, ComputeMs(problem_.model.layers[l].gateway));
    double last = done + paths.residual.total_ms();
    int& set = sets_[arrival.token];
    set = samplers_[l].Draw(&rng_, l == 0 ? -1 : set);
    std::map<int, int> load;
    for (int site : slowest_[l].SitesOf(samplers_[l].experts(set))) {
      ++load[site];
    }
    for (const auto& [site, experts] : load) {
      last = std::max(last, PassSite(l, site, experts, done));
    }
    const bool last_layer = l + 1 == static_cast<int>(slot_.layers.size());
    arrivals_.push({last, arrival.token, last_layer ? kAtHead : l + 1});
  }

  // When the site's outputs are at the successor. The two ways are not told
  // apart: what the site waits is the same.
  double PassSite(int layer, int site, int experts, double done) {
    const SitePath& path = slot_.layers[layer].sites[site];
    const LatencyParts parts = path.For(experts);
    Server& server =
        site == own_site_[layer] ? gateways_[layer] : sites_[layer][site];
    const double end = server.Serve(done, parts.compute_ms);
    return end + parts.total_ms() - parts.compute_ms;
  }

  const PlacementProblem& problem_;
  const SolveOptions& options_;
  const SlotEvaluation& slot_;
  const std::vector<SetSampler>& samplers_;
  const QueueOptions& queue_;
  CounterRng rng_;
  Server head_;
  std::vector<Server> gateways_;            // [layers]
  std::vector<std::vector<Server>> sites_;  // [layers][sites]
  std::vector<SlowestPath> slowest_;        // [layers]
  std::vector<int> own_site_;               // [layers]
  std::vector<double> lap_start_ms_;        // [tokens]
  std::vector<int> laps_;                   // [tokens]
  std::vector<int> sets_;                   // [tokens], of the last layer
  std::priority_queue<Arrival, std::vector<Arrival>, std::greater<Arrival>>
      arrivals_;
  std::vector<double> measured_;
};

}  // namespace

std::vector<double> SimulateQueue(const PlacementProblem& problem,
                                  const Placement& placement,
                                  const SolveOptions& options,
                                  const SlotEvaluation& slot,
                                  const std::vector<SetSampler>& samplers,
                                  const QueueOptions& queue) {
  return Ring(problem, placement, options, slot, samplers, queue).Run();
}

}  // namespace spacemoe
