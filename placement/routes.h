// Shortest routes by delay over the ISLs, and a route's delay at a moment.
#ifndef SPACEMOE_PLACEMENT_ROUTES_H_
#define SPACEMOE_PLACEMENT_ROUTES_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "placement/constellation.h"
#include "placement/topology.h"

namespace spacemoe {

// Satellites from source to target, both included. One satellite: source and
// target are the same. Empty: there is no route.
struct Route {
  std::vector<int> satellites;

  bool empty() const { return satellites.empty(); }
  int hops() const {
    return empty() ? 0 : static_cast<int>(satellites.size()) - 1;
  }
  friend bool operator==(const Route&, const Route&) = default;
};

struct RouteDelay {
  int64_t propagation_ns = 0;
  int64_t processing_ns = 0;
  int64_t serialization_ns = 0;

  int64_t total_ns() const {
    return propagation_ns + processing_ns + serialization_ns;
  }
};

// The delay of a message of `bytes` that leaves at t: over the route's links,
// distance(t) / c + processing + 8 bytes / rate. Each part is rounded to whole
// nanoseconds once.
RouteDelay Evaluate(const Constellation& constellation, const Route& route,
                    double t, int64_t bytes);

inline constexpr int64_t kUnreachableNs = std::numeric_limits<int64_t>::max();

// From one source to every satellite.
struct ShortestDelays {
  std::vector<int64_t> delay_ns;  // [satellites], kUnreachableNs if none
  std::vector<int> hops;          // [satellites], of the same route
};

// To one satellite.
struct PathDelay {
  int64_t delay_ns = kUnreachableNs;
  int hops = 0;

  bool reachable() const { return delay_ns != kUnreachableNs; }
};

// Dijkstra with an edge's weight distance(t) / c + processing in whole
// nanoseconds. Of equally short routes, each satellite is reached from the
// neighbour with the smallest id. A search costs what it visits, whatever the
// constellation's size; lengths are kept while t and the slot stay the same.
// Buffers are reused: thread-compatible, one finder a thread. The constellation
// must outlive the finder.
class RouteFinder {
 public:
  explicit RouteFinder(const Constellation& constellation);

  // Satellites that neither send, receive nor forward.
  void Exclude(absl::Span<const int> satellites);

  // From now on only the links that are up in this slot. (Before: all.)
  void UseSlot(const TopologySpec& topology, uint64_t slot);

  // Routes from source to each target, in order; stops once all are found.
  std::vector<Route> Find(int source, absl::Span<const int> targets, double t);

  // The same without the routes.
  std::vector<PathDelay> FindDelays(int source, absl::Span<const int> targets,
                                    double t);

  // To all satellites.
  void Delays(int source, double t, ShortestDelays* out);

  // Satellites that all searches so far have settled: what they cost.
  uint64_t settled() const { return settled_; }

  // Whether the link between neighbours is up.
  bool IsUp(int from, int to, double t);

 private:
  struct Entry {
    int64_t delay_ns;
    int satellite;

    // The heap's top is the entry with the smallest delay.
    friend bool operator<(const Entry& a, const Entry& b) {
      return a.delay_ns != b.delay_ns ? a.delay_ns > b.delay_ns
                                      : a.satellite > b.satellite;
    }
  };

  // Of the search whose number it bears.
  struct Node {
    uint32_t search = 0;
    int previous = -1;
    int64_t delay_ns = kUnreachableNs;
    int hops = 0;
    bool settled = false;
    bool target = false;
  };

  struct Place {
    uint32_t moment = 0;
    Vec3 position;
  };

  // kUnreachableNs: the link is down.
  struct Weight {
    uint32_t moment = 0;
    int64_t delay_ns = 0;
  };

  void SetMoment(double t);
  void Reset(int source, double t);
  void Search(int source, absl::Span<const int> targets, double t);
  void Settle(int pending_targets);
  void Expand(int from);
  Node& NodeOf(int satellite);
  const Vec3& PositionOf(int satellite);
  int64_t WeightNs(int from, int to, int link);
  bool Relax(int from, int to, int64_t weight_ns);
  void Push(Entry entry);
  Entry Pop();
  Route Walk(int target);

  const Constellation& constellation_;
  int64_t processing_ns_;
  std::vector<char> excluded_;
  std::optional<LinkStates> states_;
  // Of the current moment and slot.
  double time_s_ = 0;
  uint32_t moment_ = 1;
  std::vector<Place> places_;    // [satellites]
  std::vector<Weight> weights_;  // [links]
  // Of the current search.
  uint32_t search_ = 0;
  std::vector<Node> nodes_;  // [satellites]
  std::vector<Entry> heap_;
  uint64_t settled_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_ROUTES_H_
