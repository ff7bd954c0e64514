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
      places_(constellation.satellite_count()),
      weights_(constellation.link_count()),
      nodes_(constellation.satellite_count()) {}

void RouteFinder::Exclude(absl::Span<const int> satellites) {
  std::fill(excluded_.begin(), excluded_.end(), 0);
  for (int satellite : satellites) excluded_[satellite] = 1;
}

void RouteFinder::UseSlot(const TopologySpec& topology, uint64_t slot) {
  states_.emplace(constellation_, topology, slot);
  ++moment_;
}

void RouteFinder::SetMoment(double t) {
  if (t == time_s_) return;
  time_s_ = t;
  ++moment_;
}

void RouteFinder::Reset(int source, double t) {
  SetMoment(t);
  ++search_;
  heap_.clear();
  if (excluded_[source]) return;
  NodeOf(source).delay_ns = 0;
  Push({0, source});
}

RouteFinder::Node& RouteFinder::NodeOf(int satellite) {
  Node& node = nodes_[satellite];
  if (node.search == search_) return node;
  node = {.search = search_};
  node.settled = excluded_[satellite] != 0;
  return node;
}

const Vec3& RouteFinder::PositionOf(int satellite) {
  Place& place = places_[satellite];
  if (place.moment != moment_) {
    place = {moment_, constellation_.Position(satellite, time_s_)};
  }
  return place.position;
}

// At least 1 ns, so that equally short routes are found before their end.
int64_t RouteFinder::WeightNs(int from, int to, int link) {
  Weight& weight = weights_[link];
  if (weight.moment == moment_) return weight.delay_ns;
  weight = {moment_, kUnreachableNs};
  const Vec3& start = PositionOf(from);
  const Vec3& end = PositionOf(to);
  if (states_.has_value() && !states_->IsUp(from, to, start, end, time_s_)) {
    return weight.delay_ns;
  }
  const double propagation = DistanceKm(start, end) * kNsPerKm;
  const int64_t whole = static_cast<int64_t>(propagation + 0.5);
  weight.delay_ns = std::max<int64_t>(1, whole + processing_ns_);
  return weight.delay_ns;
}

bool RouteFinder::IsUp(int from, int to, double t) {
  SetMoment(t);
  const absl::Span<const int> neighbours = constellation_.Neighbours(from);
  const auto at = std::find(neighbours.begin(), neighbours.end(), to);
  const int link = constellation_.FirstLink(from) +
                   static_cast<int>(at - neighbours.begin());
  return at != neighbours.end() && WeightNs(from, to, link) != kUnreachableNs;
}

bool RouteFinder::Relax(int from, int to, int64_t weight_ns) {
  Node& node = nodes_[to];
  const int64_t delay = nodes_[from].delay_ns + weight_ns;
  if (delay > node.delay_ns) return false;
  if (delay == node.delay_ns) {
    node.previous = std::min(node.previous, from);
    return false;
  }
  node.delay_ns = delay;
  node.previous = from;
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

void RouteFinder::Expand(int from) {
  int link = constellation_.FirstLink(from);
  for (int to : constellation_.Neighbours(from)) {
    const int64_t weight = WeightNs(from, to, link++);
    if (weight == kUnreachableNs || NodeOf(to).settled) continue;
    if (Relax(from, to, weight)) Push({nodes_[to].delay_ns, to});
  }
}

void RouteFinder::Settle(int pending_targets) {
  while (!heap_.empty() && pending_targets > 0) {
    const int from = Pop().satellite;
    Node& node = nodes_[from];
    if (node.settled) continue;
    node.settled = true;
    ++settled_;
    if (node.previous >= 0) node.hops = nodes_[node.previous].hops + 1;
    if (node.target) --pending_targets;
    Expand(from);
  }
}

void RouteFinder::Search(int source, absl::Span<const int> targets, double t) {
  Reset(source, t);
  int pending = 0;
  for (int target : targets) {
    Node& node = NodeOf(target);
    if (!node.target) ++pending;
    node.target = true;
  }
  Settle(pending);
}

Route RouteFinder::Walk(int target) {
  Route route;
  if (NodeOf(target).delay_ns == kUnreachableNs) return route;
  route.satellites.reserve(nodes_[target].hops + 1);
  for (int at = target; at >= 0; at = nodes_[at].previous) {
    route.satellites.push_back(at);
  }
  std::reverse(route.satellites.begin(), route.satellites.end());
  return route;
}

std::vector<Route> RouteFinder::Find(int source, absl::Span<const int> targets,
                                     double t) {
  Search(source, targets, t);
  std::vector<Route> routes;
  routes.reserve(targets.size());
  for (int target : targets) routes.push_back(Walk(target));
  return routes;
}

std::vector<PathDelay> RouteFinder::FindDelays(int source,
                                               absl::Span<const int> targets,
                                               double t) {
  Search(source, targets, t);
  std::vector<PathDelay> delays;
  delays.reserve(targets.size());
  for (int target : targets) {
    const Node& node = NodeOf(target);
    delays.push_back({node.delay_ns, node.hops});
  }
  return delays;
}

void RouteFinder::Delays(int source, double t, ShortestDelays* out) {
  Reset(source, t);
  const int count = constellation_.satellite_count();
  Settle(count + 1);
  out->delay_ns.resize(count);
  out->hops.resize(count);
  for (int id = 0; id < count; ++id) {
    out->delay_ns[id] = NodeOf(id).delay_ns;
    out->hops[id] = nodes_[id].hops;
  }
}

}  // namespace spacemoe
