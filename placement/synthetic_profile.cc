#include "placement/synthetic_profile.h"

#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "placement/counter_rng.h"
#include "placement/selection_law.h"

namespace spacemoe {
namespace {

using Pairs = std::vector<std::vector<double>>;

absl::Status CheckSpec(const SyntheticProfileSpec& spec) {
  if (spec.layers < 1 || spec.layers > 10'000 || spec.experts < 1 ||
      spec.experts > 1024 || spec.top_k < 1 || spec.top_k > spec.experts) {
    return absl::InvalidArgumentError(absl::StrCat(
        "synthetic profile: expected 1 to 10000 layers and 1 <= top_k <= "
        "experts <= 1024, found ",
        spec.layers, " layers, top-", spec.top_k, " of ", spec.experts));
  }
  if (!(spec.skew >= 0 && spec.skew <= 10) ||
      !(spec.coupling >= 0 && spec.coupling <= 10)) {
    return absl::InvalidArgumentError(
        absl::StrCat("synthetic profile: skew and coupling must be in [0, 10], "
                     "found ",
                     spec.skew, " and ", spec.coupling));
  }
  return absl::OkStatus();
}

// Box and Muller 1958.
double Normal(CounterRng* rng) {
  const double u = 1 - rng->Uniform(), v = rng->Uniform();
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

// Elementary symmetric polynomials e_0 .. e_order of the weights except two.
std::vector<double> Symmetric(const std::vector<double>& weights, int order,
                              int skip_a, int skip_b) {
  std::vector<double> e(order + 1, 0.0);
  e[0] = 1;
  for (int i = 0; i < static_cast<int>(weights.size()); ++i) {
    if (i == skip_a || i == skip_b) continue;
    for (int j = order; j >= 1; --j) e[j] += weights[i] * e[j - 1];
  }
  return e;
}

// P(e and f), the marginals on the diagonal.
Pairs PoissonPairs(const std::vector<double>& weights, int top_k) {
  const int experts = static_cast<int>(weights.size());
  const double all = Symmetric(weights, top_k, -1, -1)[top_k];
  Pairs pairs(experts, std::vector<double>(experts, 0.0));
  for (int e = 0; e < experts; ++e) {
    pairs[e][e] =
        weights[e] * Symmetric(weights, top_k - 1, e, -1)[top_k - 1] / all;
    for (int f = 0; top_k >= 2 && f < e; ++f) {
      const double rest = Symmetric(weights, top_k - 2, e, f)[top_k - 2];
      pairs[e][f] = pairs[f][e] = weights[e] * weights[f] * rest / all;
    }
  }
  return pairs;
}

// Over the sets of `law`, whose probabilities do not matter.
Pairs CoupledPairs(const std::vector<double>& weights, const Pairs& factors,
                   const SelectionLaw& law) {
  const size_t experts = weights.size();
  Pairs pairs(experts, std::vector<double>(experts, 0.0));
  double sum = 0;
  for (const ExpertSet& set : law.sets) {
    double p = 1;
    for (size_t i = 0; i < set.experts.size(); ++i) {
      p *= weights[set.experts[i]];
      for (size_t j = 0; j < i; ++j) {
        p *= factors[set.experts[i]][set.experts[j]];
      }
    }
    sum += p;
    for (int e : set.experts) {
      for (int f : set.experts) pairs[e][f] += p;
    }
  }
  for (std::vector<double>& row : pairs) {
    for (double& p : row) p /= sum;
  }
  return pairs;
}

Pairs RandomFactors(int experts, double coupling, CounterRng* rng) {
  Pairs factors(experts, std::vector<double>(experts, 1.0));
  for (int e = 0; e < experts; ++e) {
    for (int f = 0; f < e; ++f) {
      factors[e][f] = factors[f][e] = std::exp(coupling * Normal(rng));
    }
  }
  return factors;
}

}  // namespace

absl::StatusOr<ActivationProfile> MakeSyntheticProfile(
    const SyntheticProfileSpec& spec) {
  if (absl::Status valid = CheckSpec(spec); !valid.ok()) return valid;
  ActivationProfile profile =
      UniformProfile(spec.family, spec.layers, spec.experts, spec.top_k);
  const SelectionLaw uniform =
      SelectedSets(profile.activation[0], spec.top_k, spec.seed);
  if (spec.coupling > 0 && uniform.sampled) {
    return absl::InvalidArgumentError(absl::StrCat(
        "synthetic profile: a coupling needs at most ", kEnumeratedSets,
        " sets of ", spec.top_k, " of ", spec.experts, " experts"));
  }
  for (int l = 0; l < spec.layers; ++l) {
    CounterRng rng(spec.seed, l);
    std::vector<double> weights(spec.experts);
    for (double& weight : weights) weight = std::exp(spec.skew * Normal(&rng));
    Pairs pairs =
        spec.coupling > 0
            ? CoupledPairs(weights,
                           RandomFactors(spec.experts, spec.coupling, &rng),
                           uniform)
            : PoissonPairs(weights, spec.top_k);
    for (int e = 0; e < spec.experts; ++e) {
      profile.activation[l][e] = pairs[e][e];
    }
    profile.coactivation.push_back(std::move(pairs));
  }
  return profile;
}

}  // namespace spacemoe
