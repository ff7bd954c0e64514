// How often experts are used, measured on text, as a JSON file:
//   {"format": "spacemoe-activation-profile", "version": 1,
//    "model": {"family": "mixtral", "layers": 2, "experts": 8, "top_k": 2},
//    "tokens": 100000,
//    "activation": [[p, ...], ...],         [layers][experts], [] when dense
//    "coactivation": [[[p, ...], ...], ...],     optional, [layers][e][f]
//    "transitions": [[[n, ...], ...], ...]}      optional, [layers - 1][e][f]
#ifndef SPACEMOE_PLACEMENT_PROFILE_H_
#define SPACEMOE_PLACEMENT_PROFILE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "placement/problem.h"

namespace spacemoe {

struct ActivationProfile {
  std::string family;
  int layers = 0;
  int experts = 0;  // of a layer that has any
  int top_k = 0;
  int64_t tokens = 0;  // 0: not measured
  // P(e is selected), [layers][experts], [] for a dense layer.
  std::vector<std::vector<double>> activation;
  // P(e and f are both selected), [layers][e][f]; empty if not measured.
  std::vector<std::vector<std::vector<double>>> coactivation;
  // Tokens that chose e in layer l and f in layer l + 1, [layers - 1][e][f],
  // [] where either layer is dense; empty if not measured.
  std::vector<std::vector<std::vector<int64_t>>> transitions;
};

// top_k / experts everywhere.
ActivationProfile UniformProfile(std::string_view family, int layers,
                                 int experts, int top_k);

// The same for a model, whose layers may differ (dense ones included).
std::vector<std::vector<double>> UniformActivation(const ModelShape& model);

// InvalidArgument: a wrong shape, NaN, numbers out of range, sums that are not
// top_k within 0.1 %.
absl::Status ValidateProfile(const ActivationProfile& profile);

// InvalidArgument says both what the profile is for and what the model is.
absl::Status CheckProfileFits(const ActivationProfile& profile,
                              const ModelShape& model);

// `origin` (a path) goes into error messages. Unknown fields are refused.
absl::StatusOr<ActivationProfile> ParseProfile(std::string_view text,
                                               std::string_view origin);
absl::StatusOr<ActivationProfile> LoadProfile(const std::string& path);

std::string ProfileToJson(const ActivationProfile& profile);
absl::Status SaveProfile(const ActivationProfile& profile,
                         const std::string& path);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_PROFILE_H_
