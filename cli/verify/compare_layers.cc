#include "cli/verify/compare_layers.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// Names that the expected set has beyond those that were looked for.
template <typename Meter>
void AddUnseen(const ExpectedSet& expected, const std::string& prefix,
               const std::string& suffix, const std::set<std::string>& seen,
               Meter* meter) {
  for (const std::string& name : expected.NamesWith(prefix)) {
    if (name.ends_with(suffix) && !seen.contains(name)) {
      meter->AddMissing(name, "the model");
    }
  }
}

constexpr char kExpectedSet[] = "the expected set";

}  // namespace

absl::StatusOr<Comparison> CompareHidden(const ExpectedSet& expected,
                                         double tolerance, int64_t width,
                                         const Observed& seen) {
  constexpr char kPrefix[] = "prompt0.hidden.";
  ErrorMeter meter;
  std::set<std::string> names;
  for (const auto& [layer, hidden] : seen.hidden) {
    const std::string name = absl::StrCat(kPrefix, layer);
    names.insert(name);
    if (!expected.Has(name)) {
      meter.AddMissing(name, kExpectedSet);
      continue;
    }
    SPACEMOE_ASSIGN_OR_RETURN(const auto wanted, expected.Floats(name));
    const double unit = std::max(1.0, StandardDeviation(wanted));
    meter.Add(name, hidden, wanted, width, unit);
  }
  AddUnseen(expected, kPrefix, "", names, &meter);
  return meter.Result("hidden states", tolerance);
}

absl::Status CompareRouting(const ExpectedSet& expected, double tolerance,
                            int64_t positions, const Observed& seen,
                            std::vector<Comparison>* out) {
  constexpr char kPrefix[] = "prompt0.router.";
  MismatchMeter experts;
  ErrorMeter weights;
  std::set<std::string> names;
  for (const auto& [layer, routing] : seen.routing) {
    const std::string choice = absl::StrCat(kPrefix, layer, ".experts");
    const std::string factor = absl::StrCat(kPrefix, layer, ".weights");
    names.insert({choice, factor});
    const int64_t top_k = std::max<int64_t>(
        static_cast<int64_t>(routing.experts.size()) / positions, 1);
    if (!expected.Has(choice) || !expected.Has(factor)) {
      experts.AddMissing(choice, kExpectedSet);
      weights.AddMissing(factor, kExpectedSet);
      continue;
    }
    SPACEMOE_ASSIGN_OR_RETURN(const auto wanted, expected.Integers(choice));
    SPACEMOE_ASSIGN_OR_RETURN(const auto factors, expected.Floats(factor));
    experts.Add(absl::StrCat(kPrefix, layer), routing.experts, wanted, top_k);
    weights.Add(absl::StrCat(kPrefix, layer), routing.weights, factors, top_k);
  }
  AddUnseen(expected, kPrefix, ".experts", names, &experts);
  AddUnseen(expected, kPrefix, ".weights", names, &weights);
  out->push_back(experts.Result("chosen experts"));
  out->push_back(weights.Result("their weights", tolerance));
  return absl::OkStatus();
}

}  // namespace spacemoe
