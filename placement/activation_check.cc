#include "placement/activation_check.h"

#include <cmath>

#include "absl/strings/str_cat.h"

namespace spacemoe {

absl::Status CheckActivation(const std::vector<double>& activation, int experts,
                             int top_k, const std::string& where) {
  if (activation.size() != static_cast<size_t>(experts)) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": ", activation.size(),
                     " activation probabilities for ", experts, " experts"));
  }
  double sum = 0;
  for (size_t e = 0; e < activation.size(); ++e) {
    const double p = activation[e];
    if (!(p >= 0 && p <= 1 + kActivationTolerance)) {
      return absl::InvalidArgumentError(absl::StrCat(
          where, " expert ", e,
          ": an activation probability must be in [0, 1], found ", p));
    }
    sum += p;
  }
  if (std::abs(sum - top_k) <= kActivationTolerance * top_k) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(where, ": activation probabilities add up to ", sum,
                   ", expected top_k = ", top_k));
}

}  // namespace spacemoe
