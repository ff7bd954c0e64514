// A shell of satellites on circular orbits with +Grid inter-satellite links.
//
// Formulas (Walker 1984; docs/constellations.md lists them with oracles):
//   a = R + h, T = 2 pi sqrt(a^3 / mu)
//   plane p of P has RAAN p * spread / P
//   satellite s of S in plane p has argument of latitude
//     u(t) = 360 s / S + 360 F p / (P S) + 360 t / T
// Distances are kilometres in an Earth-centred inertial frame, angles degrees,
// times seconds since the constellation's epoch.
#ifndef SPACEMOE_PLACEMENT_CONSTELLATION_H_
#define SPACEMOE_PLACEMENT_CONSTELLATION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace spacemoe {

inline constexpr double kEarthRadiusKm = 6371.0;
inline constexpr double kEarthMuKm3PerS2 = 398600.4418;
inline constexpr double kLightSpeedKmPerS = 299792.458;

// Delta: the planes close into a circle (spread 360), the last plane is linked
// to the first. Star: no links between the last plane and the first.
enum class ShellPattern { kDelta, kStar };

struct ShellSpec {
  std::string name;
  int planes = 0;
  int satellites_per_plane = 0;
  double altitude_km = 0;
  double inclination_deg = 0;
  ShellPattern pattern = ShellPattern::kDelta;
  // Adjacent planes are raan_spread_deg / planes apart.
  double raan_spread_deg = 360;
  // Walker's F, in [0, planes). Half a slot between adjacent planes is
  // planes / 2. Fractions are for stars only.
  double phasing = 0;
};

struct LinkSpec {
  double rate_bps = 100e9;
  // Per hop; an estimate, there is no public measurement.
  double processing_ms = 0.3;
  // Links must clear this altitude at all times.
  double atmosphere_km = 80;
};

struct ConstellationSpec {
  std::string name;
  LinkSpec links;
  std::vector<ShellSpec> shells;
};

struct Vec3 {
  double x = 0, y = 0, z = 0;
};

// Immutable after Create, hence safe for concurrent use. Satellite ids are
// plane * satellites_per_plane + slot. Calls with an id outside
// [0, satellite_count) are programmer errors.
class Constellation {
 public:
  // Uses one shell of the spec (there are no links between shells).
  // InvalidArgument: a field out of range, no such shell, or a link that at
  // some time passes below the atmosphere limit; the message has the numbers.
  static absl::StatusOr<Constellation> Create(ConstellationSpec spec,
                                              int shell_index = 0);

  const ConstellationSpec& spec() const { return spec_; }
  const ShellSpec& shell() const { return spec_.shells[shell_index_]; }
  int shell_index() const { return shell_index_; }
  const LinkSpec& links() const { return spec_.links; }
  // The spec's name, with the shell's where there are several.
  std::string Label() const;

  int planes() const { return shell().planes; }
  int satellites_per_plane() const { return shell().satellites_per_plane; }
  int satellite_count() const { return planes() * satellites_per_plane(); }
  int Id(int plane, int slot) const {
    return plane * satellites_per_plane() + slot;
  }
  int PlaneOf(int id) const { return id / satellites_per_plane(); }
  int SlotOf(int id) const { return id % satellites_per_plane(); }

  double semi_major_axis_km() const { return radius_km_; }
  double period_s() const { return period_s_; }
  // 2 sqrt(a^2 - (R + atmosphere)^2).
  double max_link_km() const;

  Vec3 Position(int id, double t) const;
  // Fills `out`, which must hold satellite_count() entries.
  void Positions(double t, absl::Span<Vec3> out) const;
  // Kilometres a second.
  Vec3 Velocity(int id, double t) const;
  double DistanceKm(int a, int b, double t) const;
  // In [0, 360).
  double ArgumentOfLatitudeDeg(int id, double t) const;

  // ISLs of a satellite: at most 4, ascending ids, symmetric.
  absl::Span<const int> Neighbours(int id) const;
  // Directed links are numbered: id's go from FirstLink(id) on, in the order of
  // Neighbours(id).
  int FirstLink(int id) const { return first_neighbour_[id]; }
  int link_count() const { return static_cast<int>(neighbours_.size()); }

 private:
  Constellation() = default;
  void Initialise();
  void LinkUp();

  ConstellationSpec spec_;
  int shell_index_ = 0;
  double radius_km_ = 0;
  double period_s_ = 0;
  // Positions at the epoch and a quarter of an orbit later.
  std::vector<Vec3> epoch_;
  std::vector<Vec3> quarter_;
  std::vector<int> neighbours_;
  std::vector<int> first_neighbour_;  // [satellites + 1]
};

double DistanceKm(const Vec3& a, const Vec3& b);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_CONSTELLATION_H_
