#include "cli/simulate/sweep.h"

#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "coordinator/options/ring_options.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

struct Quantity {
  const char* name;
  const char* axis;
  double least;
  double most;
  void (*set)(double value, SimulateSetting* setting);
};

constexpr double kAny = 1e18;

constexpr Quantity kQuantities[] = {
    {"altitude", "altitude, km", 1, 1e5,
     [](double v, SimulateSetting* s) { s->altitude_km = v; }},
    {"inclination", "inclination, degrees", 0, 180,
     [](double v, SimulateSetting* s) { s->inclination_deg = v; }},
    {"survival", "link survival probability", 1e-9, 1,
     [](double v, SimulateSetting* s) { s->topology.survival = v; }},
    {"polar-cut", "polar cut, degrees", 0, 90,
     [](double v, SimulateSetting* s) { s->topology.polar_cut_deg = v; }},
    {"skew", "skew of the experts", 0, 10,
     [](double v, SimulateSetting* s) { s->skew = v; }},
    {"flops", "satellite FLOP/s", 1, kAny,
     [](double v, SimulateSetting* s) { s->satellite_flops = v; }},
    {"tokens", "tokens at once", 1, 1e6,
     [](double v, SimulateSetting* s) {
       s->simulation.tokens_in_flight = static_cast<int>(std::lround(v));
     }},
};

absl::Status Unexpected(std::string_view text, std::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat(
      "expected ", std::string(expected), ", found '", std::string(text), "'"));
}

absl::StatusOr<SweepPoint> SizePoint(const std::string& text,
                                     const SimulateSetting& base) {
  const std::vector<std::string> sides = absl::StrSplit(text, 'x');
  SweepPoint point{text, 0, base};
  int planes = 0, slots = 0;
  if (sides.size() != 2 || !absl::SimpleAtoi(sides[0], &planes) ||
      !absl::SimpleAtoi(sides[1], &slots) || planes < 1 || slots < 1) {
    return Unexpected(text, "planes x satellites in each, such as 33x32");
  }
  point.setting.planes = planes;
  point.setting.satellites_per_plane = slots;
  point.x = static_cast<double>(planes) * slots;
  return point;
}

absl::StatusOr<SweepPoint> ValuePoint(const Quantity& quantity,
                                      const std::string& text,
                                      const SimulateSetting& base) {
  double value = 0;
  if (!absl::SimpleAtod(text, &value)) {
    const auto amount = ParseAmount(text);
    value = amount.ok() ? *amount : std::nan("");
  }
  if (!(value >= quantity.least && value <= quantity.most)) {
    return Unexpected(
        text, absl::StrCat(quantity.name, " from ", quantity.least, " to ",
                           quantity.most));
  }
  SweepPoint point{text, value, base};
  quantity.set(value, &point.setting);
  return point;
}

absl::StatusOr<SweepPoint> PointOf(const std::string& name,
                                   const std::string& text,
                                   const SimulateSetting& base,
                                   std::string* axis) {
  if (name == "size") {
    *axis = "satellites";
    return SizePoint(text, base);
  }
  for (const Quantity& quantity : kQuantities) {
    if (name != quantity.name) continue;
    *axis = quantity.axis;
    return ValuePoint(quantity, text, base);
  }
  return Unexpected(name,
                    "altitude, inclination, size, survival, polar-cut, skew, "
                    "flops or tokens");
}

}  // namespace

absl::StatusOr<Sweep> ParseSweep(std::string_view text,
                                 const SimulateSetting& base) {
  const size_t equals = text.find('=');
  if (equals == text.npos || equals + 1 == text.size()) {
    return Unexpected(text, "NAME=VALUE,VALUE,... such as altitude=400,550");
  }
  Sweep sweep;
  sweep.name = std::string(text.substr(0, equals));
  const std::vector<std::string> values =
      absl::StrSplit(std::string(text.substr(equals + 1)), ',');
  for (const std::string& value : values) {
    SPACEMOE_ASSIGN_OR_RETURN(SweepPoint point,
                              PointOf(sweep.name, value, base, &sweep.axis));
    sweep.points.push_back(std::move(point));
  }
  return sweep;
}

}  // namespace spacemoe
