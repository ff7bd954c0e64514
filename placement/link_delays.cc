#include "placement/link_delays.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "placement/layer_table.h"
#include "placement/routes.h"

namespace spacemoe {
namespace {

// Adds one slot to the means of the satellite's links; returns the shortest
// delay to any neighbour.
double AddSatellite(const Constellation& constellation, int id, double t,
                    double share, RouteFinder* finder,
                    std::vector<double>* mean_ms) {
  const auto neighbours = constellation.Neighbours(id);
  double nearest = kUnreachableMs;
  std::vector<PathDelay> delays;
  const bool all_up =
      std::all_of(neighbours.begin(), neighbours.end(),
                  [&](int to) { return finder->IsUp(id, to, t); });
  if (!all_up) delays = finder->FindDelays(id, neighbours, t);
  int link = constellation.FirstLink(id);
  for (size_t i = 0; i < neighbours.size(); ++i) {
    double ms = kUnreachableMs;
    if (all_up) {
      ms = 1e3 * constellation.DistanceKm(id, neighbours[i], t) /
               kLightSpeedKmPerS +
           constellation.links().processing_ms;
    } else if (delays[i].reachable()) {
      ms = 1e-6 * static_cast<double>(delays[i].delay_ns);
    }
    (*mean_ms)[link++] += share * ms;
    nearest = std::min(nearest, ms);
  }
  return nearest;
}

}  // namespace

LinkDelays MeasureLinks(const Constellation& constellation,
                        const SolveOptions& options) {
  LinkDelays delays;
  delays.mean_ms.assign(constellation.link_count(), 0.0);
  std::vector<double> nearest(constellation.satellite_count(), 0.0);
  const std::vector<double> times = SlotTimes(options);
  RouteFinder finder(constellation);
  const double share = 1.0 / options.slots;
  for (int slot = 0; slot < options.slots; ++slot) {
    if (!options.topology.cuts_nothing()) {
      finder.UseSlot(options.topology, slot);
    }
    for (int id = 0; id < constellation.satellite_count(); ++id) {
      nearest[id] += share * AddSatellite(constellation, id, times[slot], share,
                                          &finder, &delays.mean_ms);
    }
  }
  double smallest = std::numeric_limits<double>::infinity();
  for (double ms : delays.mean_ms) smallest = std::min(smallest, ms);
  for (double ms : nearest) smallest = std::min(smallest, 2 * ms);
  delays.smallest_mean_ms = std::isfinite(smallest) ? smallest : 0;
  return delays;
}

}  // namespace spacemoe
