#include "placement/profile.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "placement/activation_check.h"
#include "placement/file_io.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int64_t kMaxFileBytes = int64_t{1} << 30;

absl::Status CheckModel(const ActivationProfile& profile) {
  const bool sparse = profile.experts >= 1 && profile.top_k >= 1 &&
                      profile.top_k <= profile.experts;
  const bool dense = profile.experts == 0 && profile.top_k == 0;
  if (profile.layers >= 1 && (sparse || dense) && profile.tokens >= 0) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "profile: expected layers >= 1, 1 <= top_k <= experts and tokens >= 0, "
      "found ",
      profile.layers, " layers, top_k ", profile.top_k, " of ", profile.experts,
      " experts, ", profile.tokens, " tokens"));
}

absl::Status WrongCount(const std::string& field, size_t found,
                        size_t expected) {
  return absl::InvalidArgumentError(absl::StrCat(
      "profile: ", field, " has ", found, " entries, expected ", expected));
}

template <typename T>
absl::Status CheckMatrix(const std::vector<std::vector<T>>& matrix, size_t rows,
                         size_t columns, const std::string& field) {
  if (matrix.size() != rows) return WrongCount(field, matrix.size(), rows);
  for (size_t r = 0; r < rows; ++r) {
    const std::string where = absl::StrCat(field, "[", r, "]");
    if (matrix[r].size() != columns) {
      return WrongCount(where, matrix[r].size(), columns);
    }
    for (T value : matrix[r]) {
      if (value >= 0 && std::isfinite(static_cast<double>(value))) continue;
      return absl::InvalidArgumentError(absl::StrCat("profile: ", where,
                                                     " holds ", value,
                                                     ", expected no negative "
                                                     "numbers and no NaN"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPairs(const ActivationProfile& profile) {
  if (profile.coactivation.empty()) return absl::OkStatus();
  const size_t layers = profile.activation.size();
  if (profile.coactivation.size() != layers) {
    return WrongCount("coactivation", profile.coactivation.size(), layers);
  }
  for (size_t l = 0; l < layers; ++l) {
    const size_t experts = profile.activation[l].size();
    SPACEMOE_RETURN_IF_ERROR(
        CheckMatrix(profile.coactivation[l], experts, experts,
                    absl::StrCat("coactivation[", l, "]")));
    SPACEMOE_RETURN_IF_ERROR(
        CheckCoactivation(profile.coactivation[l], profile.activation[l],
                          profile.top_k, absl::StrCat("profile: layer ", l)));
  }
  return absl::OkStatus();
}

absl::Status CheckTransitions(const ActivationProfile& profile) {
  if (profile.transitions.empty()) return absl::OkStatus();
  const size_t pairs = profile.activation.size() - 1;
  if (profile.transitions.size() != pairs) {
    return WrongCount("transitions", profile.transitions.size(), pairs);
  }
  for (size_t l = 0; l < pairs; ++l) {
    const size_t to = profile.activation[l + 1].size();
    const size_t from = to == 0 ? 0 : profile.activation[l].size();
    SPACEMOE_RETURN_IF_ERROR(CheckMatrix(profile.transitions[l], from, to,
                                         absl::StrCat("transitions[", l, "]")));
  }
  return absl::OkStatus();
}

std::string Describe(const std::string& family, size_t layers, int experts,
                     int top_k) {
  return absl::StrCat(family, " with ", layers, " layers, ", experts,
                      " experts, top-", top_k);
}

std::string DescribeModel(const ModelShape& model) {
  int experts = 0, top_k = 0;
  for (const LayerShape& layer : model.layers) {
    experts = std::max(experts, layer.experts);
    top_k = std::max(top_k, layer.top_k);
  }
  return Describe(model.family, model.layers.size(), experts, top_k);
}

// Where profile and model differ, or "".
std::string Mismatch(const ActivationProfile& profile,
                     const ModelShape& model) {
  if (profile.family != model.family) return "another family";
  if (profile.activation.size() != model.layers.size()) return "other layers";
  for (size_t l = 0; l < model.layers.size(); ++l) {
    const LayerShape& layer = model.layers[l];
    if (profile.activation[l].size() != static_cast<size_t>(layer.experts)) {
      return absl::StrCat("layer ", l, " has ", profile.activation[l].size(),
                          " experts in the profile, ", layer.experts,
                          " in the model");
    }
    if (layer.experts > 0 && layer.top_k != profile.top_k) {
      return absl::StrCat("layer ", l, " selects ", layer.top_k, " experts");
    }
  }
  return "";
}

}  // namespace

ActivationProfile UniformProfile(std::string_view family, int layers,
                                 int experts, int top_k) {
  ActivationProfile profile;
  profile.family = std::string(family);
  profile.layers = layers;
  profile.experts = experts;
  profile.top_k = top_k;
  const double p = experts > 0 ? static_cast<double>(top_k) / experts : 0;
  profile.activation.assign(layers, std::vector<double>(experts, p));
  return profile;
}

std::vector<std::vector<double>> UniformActivation(const ModelShape& model) {
  std::vector<std::vector<double>> activation;
  for (const LayerShape& layer : model.layers) {
    activation.push_back(
        UniformProfile("", 1, layer.experts, layer.top_k).activation[0]);
  }
  return activation;
}

absl::Status ValidateProfile(const ActivationProfile& profile) {
  SPACEMOE_RETURN_IF_ERROR(CheckModel(profile));
  if (profile.activation.size() != static_cast<size_t>(profile.layers)) {
    return WrongCount("activation", profile.activation.size(), profile.layers);
  }
  for (size_t l = 0; l < profile.activation.size(); ++l) {
    if (profile.activation[l].empty()) continue;
    SPACEMOE_RETURN_IF_ERROR(
        CheckActivation(profile.activation[l], profile.experts, profile.top_k,
                        absl::StrCat("profile: layer ", l)));
  }
  SPACEMOE_RETURN_IF_ERROR(CheckPairs(profile));
  return CheckTransitions(profile);
}

absl::Status CheckProfileFits(const ActivationProfile& profile,
                              const ModelShape& model) {
  const std::string mismatch = Mismatch(profile, model);
  if (mismatch.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the profile is for ",
      Describe(profile.family, profile.activation.size(), profile.experts,
               profile.top_k),
      "; the model is ", DescribeModel(model), " (", mismatch, ")"));
}

absl::StatusOr<ActivationProfile> LoadProfile(const std::string& path) {
  SPACEMOE_ASSIGN_OR_RETURN(std::string text,
                            ReadSmallFile(path, kMaxFileBytes));
  return ParseProfile(text, path);
}

absl::Status SaveProfile(const ActivationProfile& profile,
                         const std::string& path) {
  SPACEMOE_RETURN_IF_ERROR(ValidateProfile(profile));
  return WriteSmallFile(path, ProfileToJson(profile));
}

}  // namespace spacemoe
