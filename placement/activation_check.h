// The rules for activation statistics, one place for problems and profiles.
#ifndef SPACEMOE_PLACEMENT_ACTIVATION_CHECK_H_
#define SPACEMOE_PLACEMENT_ACTIVATION_CHECK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace spacemoe {

// Relative tolerance of a layer's sum against top_k.
inline constexpr double kActivationTolerance = 1e-3;

// InvalidArgument unless there are `experts` numbers in [0, 1] that add up to
// top_k. `where` names the layer.
absl::Status CheckActivation(const std::vector<double>& activation, int experts,
                             int top_k, const std::string& where);

// InvalidArgument unless `pairs` [experts][experts] is symmetric, has the
// marginals on its diagonal, no entry above either marginal, and rows that add
// up to top_k times the marginal, each within kActivationTolerance.
absl::Status CheckCoactivation(const std::vector<std::vector<double>>& pairs,
                               const std::vector<double>& activation, int top_k,
                               const std::string& where);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_ACTIVATION_CHECK_H_
