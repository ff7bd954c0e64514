// Shortest routes by delay over the ISLs, and a route's delay at a moment.
#ifndef SPACEMOE_PLACEMENT_ROUTES_H_
#define SPACEMOE_PLACEMENT_ROUTES_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "placement/constellation.h"

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

// Dijkstra with an edge's weight distance(t) / c + processing in whole
// nanoseconds. Of equally short routes, each satellite is reached from the
// neighbour with the smallest id. Buffers are reused: thread-compatible, one
// finder a thread. The constellation must outlive the finder.
class RouteFinder {
 public:
  explicit RouteFinder(const Constellation& constellation);

  // Satellites that neither send, receive nor forward.
  void Exclude(absl::Span<const int> satellites);

  // Routes from source to each target, in order; stops once all are found.
  std::vector<Route> Find(int source, absl::Span<const int> targets, double t);

  // To all satellites.
  void Delays(int source, double t, ShortestDelays* out);

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

  void Reset(int source, double t);
  void Search(int pending_targets);
  int64_t WeightNs(int from, int to) const;
  bool Relax(int from, int to);
  void Push(Entry entry);
  Entry Pop();
  Route Walk(int target) const;

  const Constellation& constellation_;
  int64_t processing_ns_;
  std::vector<char> excluded_;
  // Of the current search.
  std::vector<Vec3> positions_;
  std::vector<int64_t> delay_ns_;
  std::vector<int> previous_;
  std::vector<int> hops_;
  std::vector<char> settled_;
  std::vector<char> is_target_;
  std::vector<Entry> heap_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_ROUTES_H_
