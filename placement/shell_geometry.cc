#include "placement/shell_geometry.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "absl/strings/str_format.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr int kMaxSatellites = 1'000'000;

double Radians(double degrees) { return degrees * kPi / 180; }

double Chord(double radius_km, double cosine) {
  return radius_km * std::sqrt(std::max(0.0, 2 - 2 * cosine));
}

absl::Status CheckRange(const ShellSpec& shell, const char* field, double value,
                        double low, double high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("shell '%s': %s must be in [%g, %g], found %g",
                      shell.name, field, low, high, value));
}

absl::Status CheckPattern(const ShellSpec& shell) {
  if (!(shell.phasing >= 0 && shell.phasing < shell.planes)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "shell '%s': phasing must be in [0, planes = %d), found %g", shell.name,
        shell.planes, shell.phasing));
  }
  if (shell.pattern == ShellPattern::kStar) return absl::OkStatus();
  if (shell.raan_spread_deg != 360) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "shell '%s': a delta spreads its planes over 360 degrees, found %g; "
        "use pattern star for planes without links across the seam",
        shell.name, shell.raan_spread_deg));
  }
  if (shell.phasing != std::floor(shell.phasing)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "shell '%s': a delta needs a whole phasing (its last plane meets the "
        "first slot by slot), found %g",
        shell.name, shell.phasing));
  }
  return absl::OkStatus();
}

absl::Status CheckFields(const ShellSpec& shell, const LinkSpec& links) {
  SPACEMOE_RETURN_IF_ERROR(
      CheckRange(shell, "planes", shell.planes, 1, kMaxSatellites));
  SPACEMOE_RETURN_IF_ERROR(CheckRange(shell, "satellites_per_plane",
                                      shell.satellites_per_plane, 1,
                                      kMaxSatellites / shell.planes));
  SPACEMOE_RETURN_IF_ERROR(
      CheckRange(shell, "altitude_km", shell.altitude_km, 100, 100'000));
  SPACEMOE_RETURN_IF_ERROR(
      CheckRange(shell, "inclination_deg", shell.inclination_deg, 0, 180));
  SPACEMOE_RETURN_IF_ERROR(
      CheckRange(shell, "raan_spread_deg", shell.raan_spread_deg, 1e-6, 360));
  if (shell.altitude_km <= links.atmosphere_km) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "shell '%s': altitude_km %g is not above the atmosphere limit of %g km",
        shell.name, shell.altitude_km, links.atmosphere_km));
  }
  return CheckPattern(shell);
}

// The lowest point of a chord between two satellites of the shell.
double GrazingAltitudeKm(const ShellSpec& shell, double length_km) {
  const double a = SemiMajorAxisKm(shell);
  return std::sqrt(std::max(0.0, a * a - length_km * length_km / 4)) -
         kEarthRadiusKm;
}

absl::Status LinkTooLong(const ShellSpec& shell, const LinkSpec& links,
                         const char* kind, double length_km,
                         const std::string& advice) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "shell '%s' (%d planes x %d satellites at %g km): %s links reach %.1f "
      "km and pass the Earth's surface at %.1f km, below the atmosphere limit "
      "of %g km; at this altitude a link may be %.1f km long: %s",
      shell.name, shell.planes, shell.satellites_per_plane, shell.altitude_km,
      kind, length_km, GrazingAltitudeKm(shell, length_km), links.atmosphere_km,
      MaxLinkKm(shell, links), advice));
}

absl::Status CheckInPlaneLinks(const ShellSpec& shell, const LinkSpec& links) {
  const double limit = MaxLinkKm(shell, links);
  const double hop = InPlaneHopKm(shell);
  if (hop <= limit) return absl::OkStatus();
  const double half_angle = std::asin(limit / (2 * SemiMajorAxisKm(shell)));
  return LinkTooLong(
      shell, links, "in-plane", hop,
      absl::StrFormat("use at least %d satellites per plane",
                      static_cast<int>(std::ceil(kPi / half_angle))));
}

absl::Status CheckCrossPlaneLinks(const ShellSpec& shell,
                                  const LinkSpec& links) {
  if (shell.planes == 1) return absl::OkStatus();
  const double hop = PairDistanceKm(shell, 1, 0).max_km;
  if (hop <= MaxLinkKm(shell, links)) return absl::OkStatus();
  return LinkTooLong(shell, links, "cross-plane", hop,
                     "use more planes, a smaller spread or other phasing");
}

}  // namespace

double SemiMajorAxisKm(const ShellSpec& shell) {
  return kEarthRadiusKm + shell.altitude_km;
}

double PeriodSeconds(const ShellSpec& shell) {
  const double a = SemiMajorAxisKm(shell);
  return 2 * kPi * std::sqrt(a * a * a / kEarthMuKm3PerS2);
}

double InPlaneHopKm(const ShellSpec& shell) {
  if (shell.satellites_per_plane == 1) return 0;
  return 2 * SemiMajorAxisKm(shell) *
         std::sin(kPi / shell.satellites_per_plane);
}

DistanceRange PairDistanceKm(const ShellSpec& shell, int planes_apart,
                             int slots_apart) {
  const double slot = 360.0 / shell.satellites_per_plane;
  const double d = Radians(slot * slots_apart +
                           slot * shell.phasing * planes_apart / shell.planes);
  const double w = Radians(shell.raan_spread_deg * planes_apart / shell.planes);
  const double cos_i = std::cos(Radians(shell.inclination_deg));
  const double sin2_i = 1 - cos_i * cos_i;
  const double middle =
      std::cos(d) / 2 * (std::cos(w) * (1 + cos_i * cos_i) + sin2_i) -
      cos_i * std::sin(w) * std::sin(d);
  const double swing = sin2_i * std::pow(std::sin(w / 2), 2);
  const double a = SemiMajorAxisKm(shell);
  return {Chord(a, middle + swing), Chord(a, middle - swing)};
}

double MinSeparationKm(const ShellSpec& shell) {
  if (shell.planes * shell.satellites_per_plane == 1) return 0;
  double smallest = 2 * SemiMajorAxisKm(shell);
  for (int plane = 0; plane < shell.planes; ++plane) {
    for (int slot = 0; slot < shell.satellites_per_plane; ++slot) {
      if (plane == 0 && slot == 0) continue;
      smallest = std::min(smallest, PairDistanceKm(shell, plane, slot).min_km);
    }
  }
  return smallest;
}

double MaxLinkKm(const ShellSpec& shell, const LinkSpec& links) {
  const double a = SemiMajorAxisKm(shell);
  const double grazing = kEarthRadiusKm + links.atmosphere_km;
  return 2 * std::sqrt(std::max(0.0, a * a - grazing * grazing));
}

absl::Status ValidateShell(const ShellSpec& shell, const LinkSpec& links) {
  SPACEMOE_RETURN_IF_ERROR(CheckFields(shell, links));
  SPACEMOE_RETURN_IF_ERROR(CheckInPlaneLinks(shell, links));
  return CheckCrossPlaneLinks(shell, links);
}

}  // namespace spacemoe
