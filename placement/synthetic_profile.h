// Activation profiles that nobody measured, of a given skew.
#ifndef SPACEMOE_PLACEMENT_SYNTHETIC_PROFILE_H_
#define SPACEMOE_PLACEMENT_SYNTHETIC_PROFILE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "placement/profile.h"

namespace spacemoe {

struct SyntheticProfileSpec {
  std::string family = "llama-moe";
  int layers = 32;
  int experts = 8;
  int top_k = 2;
  // Standard deviation of the weights' logarithms. 0: uniform; 0.4: the busiest
  // of 8 experts is chosen by about 39 % of the tokens (top-2), the idlest by
  // 15 %; 1.0: 58 and 5 %.
  double skew = 0.4;
  // Standard deviation of the logarithms of further factors, one for each pair
  // of experts. 0: the conditional Poisson law of the weights.
  double coupling = 0;
  uint64_t seed = 0;
};

// Layers are independent: P(A) ~ prod_{e in A} w_e prod_{e < f in A} c_ef, with
// marginals and pairs exactly, no transitions, tokens 0. InvalidArgument: a
// field out of range, or a coupling with more sets than kEnumeratedSets.
absl::StatusOr<ActivationProfile> MakeSyntheticProfile(
    const SyntheticProfileSpec& spec);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_SYNTHETIC_PROFILE_H_
