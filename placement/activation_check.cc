#include "placement/activation_check.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using Pairs = std::vector<std::vector<double>>;

absl::Status WrongPair(const std::string& where, size_t e, size_t f,
                       const std::string& expected, double found) {
  return absl::InvalidArgumentError(
      absl::StrCat(where, ": co-activation of experts ", e, " and ", f,
                   " must be ", expected, ", found ", found));
}

absl::Status CheckPair(const Pairs& pairs,
                       const std::vector<double>& activation, size_t e,
                       size_t f, const std::string& where) {
  const double p = pairs[e][f];
  const double most = std::min(activation[e], activation[f]);
  if (!(p >= 0 && p <= most + kActivationTolerance)) {
    return WrongPair(where, e, f, absl::StrCat("in [0, ", most, "]"), p);
  }
  if (e == f && std::abs(p - activation[e]) > kActivationTolerance) {
    return WrongPair(where, e, f, absl::StrCat("its marginal ", activation[e]),
                     p);
  }
  if (std::abs(p - pairs[f][e]) <= kActivationTolerance) {
    return absl::OkStatus();
  }
  return WrongPair(where, e, f, absl::StrCat("symmetric (", pairs[f][e], ")"),
                   p);
}

}  // namespace

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

absl::Status CheckCoactivation(const std::vector<std::vector<double>>& pairs,
                               const std::vector<double>& activation, int top_k,
                               const std::string& where) {
  const size_t experts = activation.size();
  if (pairs.size() != experts) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": co-activation has ", pairs.size(),
                     " rows, expected ", experts));
  }
  for (size_t e = 0; e < experts; ++e) {
    if (pairs[e].size() == experts) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": row ", e, " of the co-activation has ",
                     pairs[e].size(), " entries, expected ", experts));
  }
  for (size_t e = 0; e < experts; ++e) {
    double sum = 0;
    for (size_t f = 0; f < experts; ++f) {
      SPACEMOE_RETURN_IF_ERROR(CheckPair(pairs, activation, e, f, where));
      sum += pairs[e][f];
    }
    if (std::abs(sum - top_k * activation[e]) <= kActivationTolerance * top_k) {
      continue;
    }
    return absl::InvalidArgumentError(absl::StrCat(
        where, ": co-activation of expert ", e, " adds up to ", sum,
        ", expected top_k times its probability, ", top_k * activation[e]));
  }
  return absl::OkStatus();
}

}  // namespace spacemoe
