#include "placement/constellation.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "placement/shell_geometry.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

double Radians(double degrees) { return degrees * std::numbers::pi / 180; }

double WrapDegrees(double degrees) {
  const double wrapped = degrees - 360 * std::floor(degrees / 360);
  return wrapped < 360 ? wrapped : 0;
}

double EpochLatitudeDeg(const ShellSpec& shell, int plane, int slot) {
  const double s = shell.satellites_per_plane;
  return 360 * slot / s + 360 * shell.phasing * plane / (shell.planes * s);
}

Vec3 OnOrbit(double radius_km, double raan, double inclination,
             double latitude) {
  const double cos_u = std::cos(latitude), sin_u = std::sin(latitude);
  const double cos_o = std::cos(raan), sin_o = std::sin(raan);
  const double cos_i = std::cos(inclination), sin_i = std::sin(inclination);
  return {radius_km * (cos_o * cos_u - sin_o * cos_i * sin_u),
          radius_km * (sin_o * cos_u + cos_o * cos_i * sin_u),
          radius_km * sin_i * sin_u};
}

Vec3 Combine(const Vec3& a, double x, const Vec3& b, double y) {
  return {a.x * x + b.x * y, a.y * x + b.y * y, a.z * x + b.z * y};
}

absl::Status ValidateLinks(const LinkSpec& links) {
  if (!(links.rate_bps > 0) || !std::isfinite(links.rate_bps)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "links: rate_bps must be positive, found %g", links.rate_bps));
  }
  if (!(links.processing_ms >= 0 && links.processing_ms <= 1e6)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("links: processing_ms must be in [0, 1e6], found %g",
                        links.processing_ms));
  }
  if (!(links.atmosphere_km >= 0 && links.atmosphere_km <= 1e5)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("links: atmosphere_km must be in [0, 1e5], found %g",
                        links.atmosphere_km));
  }
  return absl::OkStatus();
}

std::string ShellList(const ConstellationSpec& spec) {
  std::string list;
  for (size_t i = 0; i < spec.shells.size(); ++i) {
    absl::StrAppend(&list, i == 0 ? "" : ", ", i + 1, " (", spec.shells[i].name,
                    ")");
  }
  return list;
}

absl::Status CheckShellIndex(const ConstellationSpec& spec, int index) {
  const int count = static_cast<int>(spec.shells.size());
  if (count == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("constellation '", spec.name, "' has no shells"));
  }
  if (index >= 0 && index < count) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "constellation '", spec.name, "' has no shell ", index + 1,
      "; a plan uses one shell (shells have no links between them), of ",
      ShellList(spec), "; the first is the default"));
}

}  // namespace

double DistanceKm(const Vec3& a, const Vec3& b) {
  const double x = a.x - b.x, y = a.y - b.y, z = a.z - b.z;
  return std::sqrt(x * x + y * y + z * z);
}

absl::StatusOr<Constellation> Constellation::Create(ConstellationSpec spec,
                                                    int shell_index) {
  SPACEMOE_RETURN_IF_ERROR(CheckShellIndex(spec, shell_index));
  SPACEMOE_RETURN_IF_ERROR(ValidateLinks(spec.links));
  SPACEMOE_RETURN_IF_ERROR(ValidateShell(spec.shells[shell_index], spec.links));
  Constellation constellation;
  constellation.spec_ = std::move(spec);
  constellation.shell_index_ = shell_index;
  constellation.Initialise();
  constellation.LinkUp();
  return constellation;
}

std::string Constellation::Label() const {
  if (spec_.shells.size() == 1) return spec_.name;
  return absl::StrCat(spec_.name, ":", shell_index_ + 1);
}

void Constellation::Initialise() {
  radius_km_ = SemiMajorAxisKm(shell());
  period_s_ = PeriodSeconds(shell());
  epoch_.reserve(satellite_count());
  quarter_.reserve(satellite_count());
  const double inclination = Radians(shell().inclination_deg);
  for (int plane = 0; plane < planes(); ++plane) {
    const double raan = Radians(shell().raan_spread_deg * plane / planes());
    for (int slot = 0; slot < satellites_per_plane(); ++slot) {
      const double u = EpochLatitudeDeg(shell(), plane, slot);
      epoch_.push_back(OnOrbit(radius_km_, raan, inclination, Radians(u)));
      quarter_.push_back(
          OnOrbit(radius_km_, raan, inclination, Radians(u + 90)));
    }
  }
}

void Constellation::LinkUp() {
  const int slots = satellites_per_plane();
  const bool wraps = shell().pattern == ShellPattern::kDelta && planes() > 1;
  const int shift = wraps ? static_cast<int>(shell().phasing) % slots : 0;
  first_neighbour_.push_back(0);
  for (int id = 0; id < satellite_count(); ++id) {
    const int plane = PlaneOf(id), slot = SlotOf(id);
    std::vector<int> found = {Id(plane, (slot + 1) % slots),
                              Id(plane, (slot + slots - 1) % slots)};
    if (plane + 1 < planes()) {
      found.push_back(Id(plane + 1, slot));
    } else if (wraps) {
      found.push_back(Id(0, (slot + shift) % slots));
    }
    if (plane > 0) {
      found.push_back(Id(plane - 1, slot));
    } else if (wraps) {
      found.push_back(Id(planes() - 1, (slot + slots - shift) % slots));
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    std::erase(found, id);
    neighbours_.insert(neighbours_.end(), found.begin(), found.end());
    first_neighbour_.push_back(static_cast<int>(neighbours_.size()));
  }
}

double Constellation::max_link_km() const {
  return MaxLinkKm(shell(), links());
}

Vec3 Constellation::Position(int id, double t) const {
  const double angle = 2 * std::numbers::pi * std::fmod(t / period_s_, 1.0);
  return Combine(epoch_[id], std::cos(angle), quarter_[id], std::sin(angle));
}

void Constellation::Positions(double t, absl::Span<Vec3> out) const {
  const double angle = 2 * std::numbers::pi * std::fmod(t / period_s_, 1.0);
  const double x = std::cos(angle), y = std::sin(angle);
  for (int id = 0; id < satellite_count(); ++id) {
    out[id] = Combine(epoch_[id], x, quarter_[id], y);
  }
}

Vec3 Constellation::Velocity(int id, double t) const {
  const double rate = 2 * std::numbers::pi / period_s_;
  const double angle = 2 * std::numbers::pi * std::fmod(t / period_s_, 1.0);
  return Combine(epoch_[id], -rate * std::sin(angle), quarter_[id],
                 rate * std::cos(angle));
}

double Constellation::DistanceKm(int a, int b, double t) const {
  return spacemoe::DistanceKm(Position(a, t), Position(b, t));
}

double Constellation::ArgumentOfLatitudeDeg(int id, double t) const {
  const double turned = 360 * std::fmod(t / period_s_, 1.0);
  return WrapDegrees(EpochLatitudeDeg(shell(), PlaneOf(id), SlotOf(id)) +
                     turned);
}

absl::Span<const int> Constellation::Neighbours(int id) const {
  const int first = first_neighbour_[id];
  return absl::MakeConstSpan(neighbours_)
      .subspan(first, first_neighbour_[id + 1] - first);
}

}  // namespace spacemoe
