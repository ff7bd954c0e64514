// One quantity of a setting varied.
#ifndef SPACEMOE_CLI_SIMULATE_SWEEP_H_
#define SPACEMOE_CLI_SIMULATE_SWEEP_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/simulate/setting.h"

namespace spacemoe {

struct SweepPoint {
  std::string label;  // as typed
  double x = 0;       // for plots: the value, or the number of satellites
  SimulateSetting setting;
};

struct Sweep {
  std::string name;
  std::string axis;  // with the unit
  std::vector<SweepPoint> points;
};

// "altitude=400,550,800" and so on: altitude, inclination, size (planes x
// satellites in each, such as 33x32), survival, polar-cut, skew, flops, tokens.
// INVALID_ARGUMENT says what was expected.
absl::StatusOr<Sweep> ParseSweep(std::string_view text,
                                 const SimulateSetting& base);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_SIMULATE_SWEEP_H_
