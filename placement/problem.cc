#include "placement/problem.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "placement/activation_check.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// Bounds that no model reaches and sums of which do not overflow.
constexpr int64_t kMaxRoleBytes = int64_t{1} << 44;
constexpr int64_t kMaxMessageBytes = int64_t{1} << 40;
constexpr int kMaxExperts = 1 << 16;
constexpr int kMaxLayers = 10'000;

absl::Status CheckRole(const RoleCost& role, const std::string& where) {
  if (role.bytes >= 0 && role.bytes <= kMaxRoleBytes && role.flops >= 0 &&
      std::isfinite(role.flops) && role.seconds >= 0 &&
      std::isfinite(role.seconds)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrFormat(
      "%s: bytes, flops and seconds must be finite and not negative, bytes at "
      "most %d, found %d, %g, %g",
      where, kMaxRoleBytes, role.bytes, role.flops, role.seconds));
}

absl::Status CheckLayer(const LayerShape& layer, const std::string& where) {
  const bool dense = layer.experts == 0 && layer.top_k == 0;
  const bool sparse = layer.experts > 0 && layer.top_k >= 1 &&
                      layer.top_k <= layer.experts &&
                      layer.experts <= kMaxExperts;
  if (!dense && !sparse) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s: expected 1 <= top_k <= experts <= %d, or both 0, "
                        "found top_k %d of "
                        "%d experts",
                        where, kMaxExperts, layer.top_k, layer.experts));
  }
  SPACEMOE_RETURN_IF_ERROR(CheckRole(layer.gateway, where + " gateway"));
  return CheckRole(layer.expert, where + " expert");
}

absl::Status CheckMessages(const ModelShape& model) {
  for (int64_t bytes :
       {model.residual_bytes, model.dispatch_bytes, model.output_bytes}) {
    if (bytes >= 0 && bytes <= kMaxMessageBytes) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("message sizes must be in [0, %d] bytes, found "
                        "residual %d, dispatch %d, output %d",
                        kMaxMessageBytes, model.residual_bytes,
                        model.dispatch_bytes, model.output_bytes));
  }
  return absl::OkStatus();
}

absl::Status CheckJointStatistics(const PlacementProblem& problem) {
  if (problem.coactivation.empty()) return absl::OkStatus();
  const size_t layers = problem.model.layers.size();
  if (problem.coactivation.size() != layers) {
    return absl::InvalidArgumentError(
        absl::StrCat("co-activation for ", problem.coactivation.size(),
                     " layers, the model has ", layers));
  }
  for (size_t l = 0; l < layers; ++l) {
    if (problem.coactivation[l].empty()) continue;
    SPACEMOE_RETURN_IF_ERROR(CheckCoactivation(
        problem.coactivation[l], problem.activation[l],
        problem.model.layers[l].top_k, absl::StrCat("layer ", l)));
  }
  return absl::OkStatus();
}

absl::Status Require(bool condition, const std::string& expected) {
  if (condition) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("options: ", expected));
}

}  // namespace

double ComputeSeconds(const RoleCost& role, const SolveOptions& options) {
  if (options.satellite_flops <= 0) return role.seconds;
  return role.seconds + role.flops / options.satellite_flops;
}

std::vector<double> SlotTimes(const SolveOptions& options) {
  std::vector<double> times;
  for (int slot = 0; slot < options.slots; ++slot) {
    times.push_back(options.start_time_s +
                    options.horizon_s * (slot + 0.5) / options.slots);
  }
  return times;
}

absl::Status ValidateProblem(const PlacementProblem& problem) {
  const ModelShape& model = problem.model;
  if (model.layers.empty() || model.layers.size() > kMaxLayers) {
    return absl::InvalidArgumentError(
        absl::StrCat("the model has ", model.layers.size(),
                     " layers, expected 1 to ", kMaxLayers));
  }
  SPACEMOE_RETURN_IF_ERROR(CheckMessages(model));
  SPACEMOE_RETURN_IF_ERROR(CheckRole(model.head, "head"));
  if (problem.activation.size() != model.layers.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("activation probabilities for ", problem.activation.size(),
                     " layers, the model has ", model.layers.size()));
  }
  for (size_t l = 0; l < model.layers.size(); ++l) {
    const std::string where = absl::StrCat("layer ", l);
    SPACEMOE_RETURN_IF_ERROR(CheckLayer(model.layers[l], where));
    SPACEMOE_RETURN_IF_ERROR(CheckActivation(problem.activation[l],
                                             model.layers[l].experts,
                                             model.layers[l].top_k, where));
  }
  return CheckJointStatistics(problem);
}

absl::Status ValidateOptions(const SolveOptions& options, int satellites) {
  SPACEMOE_RETURN_IF_ERROR(
      Require(options.experts_per_satellite >= 1,
              absl::StrCat("experts_per_satellite must be at least 1, found ",
                           options.experts_per_satellite)));
  SPACEMOE_RETURN_IF_ERROR(Require(
      options.slots >= 1 && options.slots <= 1'000'000,
      absl::StrCat("slots must be in [1, 1000000], found ", options.slots)));
  SPACEMOE_RETURN_IF_ERROR(
      Require(options.horizon_s >= 0 && std::isfinite(options.horizon_s),
              absl::StrCat("horizon_s must not be negative, found ",
                           options.horizon_s)));
  SPACEMOE_RETURN_IF_ERROR(
      Require(std::abs(options.start_time_s) <= 1e10,
              absl::StrCat("start_time_s must be within 1e10, found ",
                           options.start_time_s)));
  SPACEMOE_RETURN_IF_ERROR(Require(
      options.satellite_flops >= 0 && std::isfinite(options.satellite_flops),
      absl::StrCat("satellite_flops must not be negative, found ",
                   options.satellite_flops)));
  SPACEMOE_RETURN_IF_ERROR(
      Require(options.memory_bytes_per_satellite.value_or(0) >= 0,
              "memory_bytes_per_satellite must not be negative"));
  SPACEMOE_RETURN_IF_ERROR(
      Require(options.max_copies >= 1, absl::StrCat("max_copies must be at "
                                                    "least 1, found ",
                                                    options.max_copies)));
  SPACEMOE_RETURN_IF_ERROR(ValidateTopology(options.topology));
  for (int id : options.excluded) {
    SPACEMOE_RETURN_IF_ERROR(
        Require(id >= 0 && id < satellites,
                absl::StrCat("excluded satellite ", id, " is not one of ",
                             satellites)));
  }
  return absl::OkStatus();
}

}  // namespace spacemoe
