#include "placement/topology.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "absl/strings/str_format.h"
#include "placement/counter_rng.h"

namespace spacemoe {
namespace {

absl::Status OutOfRange(const char* field, const char* expected, double found) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "topology: %s must be %s, found %g", field, expected, found));
}

Vec3 Minus(const Vec3& a, const Vec3& b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z};
}

double SquareOf(const Vec3& v) { return v.x * v.x + v.y * v.y + v.z * v.z; }

Vec3 Cross(const Vec3& a, const Vec3& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

}  // namespace

absl::Status ValidateTopology(const TopologySpec& spec) {
  if (!(spec.survival > 0 && spec.survival <= 1)) {
    return OutOfRange("survival", "in (0, 1] (at 0 there are no links)",
                      spec.survival);
  }
  if (!(spec.polar_cut_deg >= 0 && spec.polar_cut_deg <= 90)) {
    return OutOfRange("polar_cut_deg", "in [0, 90]", spec.polar_cut_deg);
  }
  if (!(spec.tracking_limit_rad_s >= 0 &&
        std::isfinite(spec.tracking_limit_rad_s))) {
    return OutOfRange("tracking_limit_rad_s", "finite and not negative",
                      spec.tracking_limit_rad_s);
  }
  return absl::OkStatus();
}

double TrackingRate(const Constellation& constellation, int a, int b,
                    double t) {
  const Vec3 line =
      Minus(constellation.Position(b, t), constellation.Position(a, t));
  const Vec3 speed =
      Minus(constellation.Velocity(b, t), constellation.Velocity(a, t));
  const double square = SquareOf(line);
  return square > 0 ? std::sqrt(SquareOf(Cross(line, speed))) / square : 0;
}

LinkStates::LinkStates(const Constellation& constellation,
                       const TopologySpec& spec, uint64_t slot)
    : constellation_(constellation),
      spec_(spec),
      cuts_nothing_(spec.cuts_nothing()),
      polar_z_km_(constellation.semi_major_axis_km() *
                  std::sin(spec.polar_cut_deg * std::numbers::pi / 180)),
      slot_key_(CounterRng(spec.seed, slot).Next()) {}

bool LinkStates::IsPolar(const Vec3& position) const {
  return std::abs(position.z) > polar_z_km_;
}

bool LinkStates::Survives(int a, int b) const {
  const uint64_t low = std::min(a, b), high = std::max(a, b);
  return CounterRng(slot_key_, low << 32 | high).Uniform() < spec_.survival;
}

bool LinkStates::IsUp(int a, int b, const Vec3& at_a, const Vec3& at_b,
                      double t) const {
  if (cuts_nothing_) return true;
  if (spec_.polar_cut_deg < 90 &&
      constellation_.PlaneOf(a) != constellation_.PlaneOf(b) &&
      (IsPolar(at_a) || IsPolar(at_b))) {
    return false;
  }
  if (spec_.survival < 1 && !Survives(a, b)) return false;
  return spec_.tracking_limit_rad_s <= 0 ||
         TrackingRate(constellation_, a, b, t) <= spec_.tracking_limit_rad_s;
}

}  // namespace spacemoe
