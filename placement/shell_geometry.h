// Closed forms of distances in a shell over a whole orbit.
#ifndef SPACEMOE_PLACEMENT_SHELL_GEOMETRY_H_
#define SPACEMOE_PLACEMENT_SHELL_GEOMETRY_H_

#include "absl/status/status.h"
#include "placement/constellation.h"

namespace spacemoe {

struct DistanceRange {
  double min_km = 0;
  double max_km = 0;
};

double SemiMajorAxisKm(const ShellSpec& shell);
double PeriodSeconds(const ShellSpec& shell);

// 2 a sin(pi / S); 0 for a plane of one satellite.
double InPlaneHopKm(const ShellSpec& shell);

// Over an orbit, the distance between satellites `planes_apart` planes and
// `slots_apart` slots apart (plane order, phasing included). With D the
// difference and S the sum of the arguments of latitude, W the difference of
// RAAN and i the inclination, the cosine of the angle between them is
//   cos D / 2 (cos W (1 + cos^2 i) + sin^2 i) - cos i sin W sin D
//   - sin^2 i sin^2(W / 2) cos S,   and S runs through all angles.
DistanceRange PairDistanceKm(const ShellSpec& shell, int planes_apart,
                             int slots_apart);

// The smallest distance between any two satellites over an orbit (Liang,
// Chaudhry and Yanikomeroglu 2021); 0 for a shell of one.
double MinSeparationKm(const ShellSpec& shell);

// 2 sqrt((R + h)^2 - (R + atmosphere)^2).
double MaxLinkKm(const ShellSpec& shell, const LinkSpec& links);

// InvalidArgument when a field is out of range, or a +Grid link passes below
// the atmosphere limit at some time.
absl::Status ValidateShell(const ShellSpec& shell, const LinkSpec& links);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_SHELL_GEOMETRY_H_
