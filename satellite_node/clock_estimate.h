// How far another host's clock is from ours.
#ifndef SPACEMOE_SATELLITE_NODE_CLOCK_ESTIMATE_H_
#define SPACEMOE_SATELLITE_NODE_CLOCK_ESTIMATE_H_

#include <cstdint>

namespace spacemoe {

// From probes, as F. Cristian, "Probabilistic clock synchronization",
// Distributed Computing 3 (1989): the other clock was read somewhere between
// sending the probe and receiving the answer, so that the shortest round trip
// tells most. Nanoseconds. Not thread-safe.
class ClockEstimate {
 public:
  // The offset, other minus own, lies within uncertainty of this.
  int64_t offset_ns() const { return offset_ns_; }
  // The most that it may be wrong by. Without drift: half a round trip.
  int64_t uncertainty_ns() const { return uncertainty_ns_; }
  bool known() const { return known_; }

  // A new round: what is known stays until the round's probes say otherwise.
  void StartRound() { probes_ = 0; }
  // An answer to a probe that was sent and received at these times of the own
  // clock. Those that cannot be (received before sent) are ignored.
  void Add(int64_t sent_ns, int64_t other_ns, int64_t received_ns);
  int probes() const { return probes_; }

  // Ends a round with at least one probe: the offset moves only as far as the
  // round's best probe proves, so that it does not wander with every round.
  void EndRound();

 private:
  int probes_ = 0;
  int64_t round_offset_ns_ = 0;
  int64_t round_uncertainty_ns_ = 0;

  bool known_ = false;
  int64_t offset_ns_ = 0;
  int64_t uncertainty_ns_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CLOCK_ESTIMATE_H_
