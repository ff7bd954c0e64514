#include "placement/path_latency.h"

#include <algorithm>

#include "placement/routes.h"

namespace spacemoe {
namespace {

// One more slot of a satellite's mean.
void Accumulate(int64_t delay_ns, int hops, double weight, size_t id,
                MeanDelays* mean) {
  if (delay_ns == kUnreachableNs) delay_ns = kUnreachablePenaltyNs;
  mean->delay_ns[id] += weight * static_cast<double>(delay_ns);
  mean->hops[id] += weight * hops;
}

double HopMs(int64_t bytes, const LinkSpec& links) {
  return 8e3 * static_cast<double>(bytes) / links.rate_bps;
}

struct Ranked {
  double latency_ms;
  int satellite;

  friend bool operator<(const Ranked& a, const Ranked& b) {
    return a.latency_ms != b.latency_ms ? a.latency_ms < b.latency_ms
                                        : a.satellite < b.satellite;
  }
};

class SiteRanking {
 public:
  SiteRanking(const Constellation& constellation, int gateway, int successor,
              const ModelShape& model, const SolveOptions& options)
      : constellation_(constellation),
        gateway_(gateway),
        successor_(successor),
        model_(model),
        options_(options),
        times_(SlotTimes(options)),
        finder_(constellation) {}

  std::vector<int> Nearest(const std::vector<int>& members, int count) {
    const std::vector<Ranked> lines = ByStraightLine(members);
    std::vector<Ranked> found;
    const size_t wanted = std::min<size_t>(count, lines.size());
    size_t next = 0;
    while (next < lines.size() && !Settled(found, wanted, lines[next])) {
      const size_t batch = std::max<size_t>(2 * wanted, next);
      const size_t end = std::min(lines.size(), next + batch);
      AddLatencies(lines, next, end, &found);
      std::sort(found.begin(), found.end());
      next = end;
    }
    std::vector<int> nearest;
    for (size_t i = 0; i < wanted; ++i) nearest.push_back(found[i].satellite);
    return nearest;
  }

 private:
  // A little slack for routes whose links were rounded.
  static bool Settled(const std::vector<Ranked>& found, size_t wanted,
                      const Ranked& next) {
    return found.size() >= wanted &&
           (wanted == 0 ||
            next.latency_ms > found[wanted - 1].latency_ms + 1e-3);
  }

  std::vector<Ranked> ByStraightLine(const std::vector<int>& members) const {
    std::vector<Ranked> lines;
    for (int id : members) lines.push_back({0, id});
    const double share = 1e3 / kLightSpeedKmPerS / options_.slots;
    for (double t : times_) {
      const Vec3 from = constellation_.Position(gateway_, t);
      const Vec3 to = constellation_.Position(successor_, t);
      for (Ranked& line : lines) {
        const Vec3 at = constellation_.Position(line.satellite, t);
        line.latency_ms += share * (DistanceKm(from, at) + DistanceKm(at, to));
      }
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }

  void AddLatencies(const std::vector<Ranked>& lines, size_t begin, size_t end,
                    std::vector<Ranked>* found) {
    std::vector<int> targets;
    for (size_t i = begin; i < end; ++i) targets.push_back(lines[i].satellite);
    const MeanDelays there = MeansTo(gateway_, targets);
    const MeanDelays onward = MeansTo(successor_, targets);
    const double dispatch =
        HopMs(model_.dispatch_bytes, constellation_.links());
    const double output = HopMs(model_.output_bytes, constellation_.links());
    for (size_t i = 0; i < targets.size(); ++i) {
      found->push_back({1e-6 * (there.delay_ns[i] + onward.delay_ns[i]) +
                            dispatch * there.hops[i] + output * onward.hops[i],
                        targets[i]});
    }
  }

  MeanDelays MeansTo(int source, const std::vector<int>& targets) {
    MeanDelays mean{std::vector<double>(targets.size(), 0.0),
                    std::vector<double>(targets.size(), 0.0)};
    for (int slot = 0; slot < options_.slots; ++slot) {
      if (!options_.topology.cuts_nothing()) {
        finder_.UseSlot(options_.topology, slot);
      }
      const auto delays = finder_.FindDelays(source, targets, times_[slot]);
      for (size_t i = 0; i < targets.size(); ++i) {
        Accumulate(delays[i].delay_ns, delays[i].hops, 1.0 / options_.slots, i,
                   &mean);
      }
    }
    return mean;
  }

  const Constellation& constellation_;
  const int gateway_;
  const int successor_;
  const ModelShape& model_;
  const SolveOptions& options_;
  const std::vector<double> times_;
  RouteFinder finder_;
};

}  // namespace

std::vector<MeanDelays> MeanDelaysFrom(const Constellation& constellation,
                                       const std::vector<int>& sources,
                                       const SolveOptions& options) {
  const std::vector<double> times = SlotTimes(options);
  const size_t satellites = constellation.satellite_count();
  RouteFinder finder(constellation);
  ShortestDelays delays;
  const MeanDelays zero{std::vector<double>(satellites, 0.0),
                        std::vector<double>(satellites, 0.0)};
  std::vector<MeanDelays> means(sources.size(), zero);
  for (int slot = 0; slot < options.slots; ++slot) {
    if (!options.topology.cuts_nothing()) {
      finder.UseSlot(options.topology, slot);
    }
    for (size_t s = 0; s < sources.size(); ++s) {
      finder.Delays(sources[s], times[slot], &delays);
      for (size_t id = 0; id < satellites; ++id) {
        Accumulate(delays.delay_ns[id], delays.hops[id], 1.0 / options.slots,
                   id, &means[s]);
      }
    }
  }
  return means;
}

std::vector<double> PathLatencyMs(const Constellation& constellation,
                                  const MeanDelays& from_gateway,
                                  const MeanDelays& from_successor,
                                  const ModelShape& model) {
  const double dispatch = HopMs(model.dispatch_bytes, constellation.links());
  const double output = HopMs(model.output_bytes, constellation.links());
  std::vector<double> latency(constellation.satellite_count());
  for (size_t id = 0; id < latency.size(); ++id) {
    latency[id] =
        1e-6 * (from_gateway.delay_ns[id] + from_successor.delay_ns[id]) +
        dispatch * from_gateway.hops[id] + output * from_successor.hops[id];
  }
  return latency;
}

std::vector<int> NearestSites(const Constellation& constellation, int gateway,
                              int successor, const std::vector<int>& members,
                              int count, const ModelShape& model,
                              const SolveOptions& options) {
  SiteRanking ranking(constellation, gateway, successor, model, options);
  return ranking.Nearest(members, count);
}

}  // namespace spacemoe
