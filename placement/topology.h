// Which links of a constellation are up in a time slot.
#ifndef SPACEMOE_PLACEMENT_TOPOLOGY_H_
#define SPACEMOE_PLACEMENT_TOPOLOGY_H_

#include <cstdint>

#include "absl/status/status.h"
#include "placement/constellation.h"

namespace spacemoe {

// The defaults cut nothing.
struct TopologySpec {
  // Probability that a link is up, independent for each link and slot, in
  // (0, 1] (the SpaceMoE paper: 0.95).
  double survival = 1;
  // Links between planes are down while either end is above this latitude
  // (66.5 to 75 degrees in the literature), in [0, 90].
  double polar_cut_deg = 90;
  // A link is down while its line of sight turns faster than this, in radians
  // a second of the inertial frame (the paper: 0.12); 0: no limit.
  double tracking_limit_rad_s = 0;
  // Of the outages.
  uint64_t seed = 0;

  bool cuts_nothing() const {
    return survival >= 1 && polar_cut_deg >= 90 && tracking_limit_rad_s <= 0;
  }
  friend bool operator==(const TopologySpec&, const TopologySpec&) = default;
};

// InvalidArgument names the field that is out of its range.
absl::Status ValidateTopology(const TopologySpec& spec);

// |d x v| / |d|^2 of the line between two satellites, radians a second.
double TrackingRate(const Constellation& constellation, int a, int b, double t);

// The links of one slot. Immutable, hence safe for concurrent use. The
// constellation must outlive it.
class LinkStates {
 public:
  LinkStates(const Constellation& constellation, const TopologySpec& spec,
             uint64_t slot);

  // Of a link whose ends are at these positions at t; symmetric.
  bool IsUp(int a, int b, const Vec3& at_a, const Vec3& at_b, double t) const;

 private:
  bool IsPolar(const Vec3& position) const;
  bool Survives(int a, int b) const;

  const Constellation& constellation_;
  const TopologySpec spec_;
  const bool cuts_nothing_;
  const double polar_z_km_;
  const uint64_t slot_key_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_TOPOLOGY_H_
