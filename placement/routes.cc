#include "placement/routes.h"

#include <algorithm>
#include <cmath>

namespace spacemoe {
namespace {

constexpr double kNsPerKm = 1e9 / kLightSpeedKmPerS;

int64_t ProcessingNs(const LinkSpec& links) {
  return std::llround(links.processing_ms * 1e6);
}

}  // namespace

RouteDelay Evaluate(const Constellation& constellation, const Route& route,
                    double t, int64_t bytes) {
  if (route.hops() == 0) return {};
  double length_km = 0;
  Vec3 from = constellation.Position(route.satellites[0], t);
  for (int hop = 1; hop <= route.hops(); ++hop) {
    const Vec3 to = constellation.Position(route.satellites[hop], t);
    length_km += DistanceKm(from, to);
    from = to;
  }
  const LinkSpec& links = constellation.links();
  const double serialization_ns = 8e9 * bytes / links.rate_bps * route.hops();
  return {.propagation_ns = std::llround(length_km * kNsPerKm),
          .processing_ns = ProcessingNs(links) * route.hops(),
          .serialization_ns = std::llround(serialization_ns)};
}

RouteFinder::RouteFinder(const Constellation& constellation)
    : constellation_(constellation),
      processing_ns_(ProcessingNs(constellation.links())),
      excluded_(constellation.satellite_count(), 0),
      positions_(constellation.satellite_count()),
      is_target_(constellation.satellite_count(), 0) {}

void RouteFinder::Exclude(absl::Span<const int> satellites) {
  std::fill(excluded_.begin(), excluded_.end(), 0);
  for (int satellite : satellites) excluded_[satellite] = 1;
}

void RouteFinder::Reset(int source, double t) {
  const int count = constellation_.satellite_count();
  constellation_.Positions(t, absl::MakeSpan(positions_));
  delay_ns_.assign(count, kUnreachableNs);
  previous_.assign(count, -1);
  hops_.assign(count, 0);
  settled_ = excluded_;
  heap_.clear();
  if (excluded_[source]) return;
  delay_ns_[source] = 0;
  Push({0, source});
}

// At least 1 ns, so that equally short routes are found before their end.
int64_t RouteFinder::WeightNs(int from, int to) const {
  const double propagation =
      DistanceKm(positions_[from], positions_[to]) * kNsPerKm;
  const int64_t whole = static_cast<int64_t>(propagation + 0.5);
  return std::max<int64_t>(1, whole + processing_ns_);
}

bool RouteFinder::Relax(int from, int to) {
  const int64_t delay = delay_ns_[from] + WeightNs(from, to);
  if (delay > delay_ns_[to]) return false;
  if (delay == delay_ns_[to]) {
    previous_[to] = std::min(previous_[to], from);
    return false;
  }
  delay_ns_[to] = delay;
  previous_[to] = from;
  return true;
}

void RouteFinder::Push(Entry entry) {
  heap_.push_back(entry);
  std::push_heap(heap_.begin(), heap_.end());
}

RouteFinder::Entry RouteFinder::Pop() {
  std::pop_heap(heap_.begin(), heap_.end());
  const Entry entry = heap_.back();
  heap_.pop_back();
  return entry;
}

void RouteFinder::Search(int pending_targets) {
  while (!heap_.empty() && pending_targets > 0) {
    const int from = Pop().satellite;
    if (settled_[from]) continue;
    settled_[from] = 1;
    if (previous_[from] >= 0) hops_[from] = hops_[previous_[from]] + 1;
    if (is_target_[from]) --pending_targets;
    for (int to : constellation_.Neighbours(from)) {
      if (!settled_[to] && Relax(from, to)) Push({delay_ns_[to], to});
    }
  }
}

Route RouteFinder::Walk(int target) const {
  Route route;
  if (delay_ns_[target] == kUnreachableNs) return route;
  route.satellites.reserve(hops_[target] + 1);
  for (int at = target; at >= 0; at = previous_[at]) {
    route.satellites.push_back(at);
  }
  std::reverse(route.satellites.begin(), route.satellites.end());
  return route;
}

std::vector<Route> RouteFinder::Find(int source, absl::Span<const int> targets,
                                     double t) {
  Reset(source, t);
  int pending = 0;
  for (int target : targets) {
    if (!is_target_[target]) ++pending;
    is_target_[target] = 1;
  }
  Search(pending);
  std::vector<Route> routes;
  routes.reserve(targets.size());
  for (int target : targets) {
    is_target_[target] = 0;
    routes.push_back(Walk(target));
  }
  return routes;
}

void RouteFinder::Delays(int source, double t, ShortestDelays* out) {
  Reset(source, t);
  Search(constellation_.satellite_count() + 1);
  out->delay_ns = delay_ns_;
  out->hops = hops_;
}

}  // namespace spacemoe
