#include "cli/simulate/setting.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "coordinator/planning/model_shape.h"
#include "models/checkpoint/checkpoint.h"
#include "placement/constellation_file.h"
#include "placement/profile.h"
#include "placement/strategy.h"
#include "placement/synthetic_profile.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// From the worst to the best, as the paper has them; others after these.
constexpr const char* kOrder[] = {
    "random",   "random-intra", "random-intra-cg", "nearest-random",
    "spacemoe", "expected-max", "compact"};

absl::StatusOr<ActivationProfile> FixedProfile(const SimulateSetting& setting,
                                               const ModelShape& model) {
  SPACEMOE_ASSIGN_OR_RETURN(ActivationProfile profile,
                            LoadProfile(setting.profile));
  SPACEMOE_RETURN_IF_ERROR(CheckProfileFits(profile, model));
  return profile;
}

absl::StatusOr<ActivationProfile> SyntheticProfile(
    const SimulateSetting& setting, const ModelShape& model, uint64_t seed) {
  const auto sparse =
      std::find_if(model.layers.begin(), model.layers.end(),
                   [](const LayerShape& layer) { return layer.experts > 0; });
  ActivationProfile none;
  none.activation.resize(model.layers.size());
  if (sparse == model.layers.end()) return none;
  SPACEMOE_ASSIGN_OR_RETURN(
      ActivationProfile profile,
      MakeSyntheticProfile({.family = model.family,
                            .layers = static_cast<int>(model.layers.size()),
                            .experts = sparse->experts,
                            .top_k = sparse->top_k,
                            .skew = setting.skew,
                            .coupling = setting.coupling,
                            .seed = seed}));
  for (size_t l = 0; l < model.layers.size(); ++l) {
    if (model.layers[l].experts > 0) continue;
    profile.activation[l].clear();
    profile.coactivation[l].clear();
  }
  return profile;
}

// A checkpoint's shape (headers are read) or the dimensions'.
absl::StatusOr<ModelShape> ModelOf(const SimulateSetting& setting) {
  if (setting.model.empty()) return ShapeOfDimensions(setting.dimensions);
  SPACEMOE_ASSIGN_OR_RETURN(const std::unique_ptr<Checkpoint> checkpoint,
                            Checkpoint::Open(setting.model));
  return ShapeOf(*checkpoint, /*bfloat16=*/false);
}

}  // namespace

std::vector<std::string> StrategiesOf(const SimulateSetting& setting) {
  if (!setting.strategies.empty()) return setting.strategies;
  std::vector<std::string> names(std::begin(kOrder), std::end(kOrder));
  for (const std::string& name : StrategyNames()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  return names;
}

absl::StatusOr<Constellation> ConstellationOf(const SimulateSetting& setting) {
  SPACEMOE_ASSIGN_OR_RETURN(const Constellation opened,
                            OpenConstellation(setting.constellation));
  ConstellationSpec spec = opened.spec();
  ShellSpec& shell = spec.shells[opened.shell_index()];
  shell.planes = setting.planes.value_or(shell.planes);
  shell.satellites_per_plane =
      setting.satellites_per_plane.value_or(shell.satellites_per_plane);
  shell.altitude_km = setting.altitude_km.value_or(shell.altitude_km);
  shell.inclination_deg =
      setting.inclination_deg.value_or(shell.inclination_deg);
  spec.links.processing_ms =
      setting.processing_ms.value_or(spec.links.processing_ms);
  return Constellation::Create(std::move(spec), opened.shell_index());
}

absl::StatusOr<Experiment> ExperimentOf(const SimulateSetting& setting,
                                        const Constellation& sky) {
  SPACEMOE_ASSIGN_OR_RETURN(const ModelShape model, ModelOf(setting));
  std::optional<ActivationProfile> fixed;
  if (!setting.profile.empty()) {
    SPACEMOE_ASSIGN_OR_RETURN(fixed, FixedProfile(setting, model));
  }
  Experiment experiment;
  experiment.constellation = &sky;
  experiment.problem = [=](uint64_t seed) -> absl::StatusOr<PlacementProblem> {
    if (fixed.has_value()) {
      return PlacementProblem{model, fixed->activation, fixed->coactivation};
    }
    SPACEMOE_ASSIGN_OR_RETURN(ActivationProfile profile,
                              SyntheticProfile(setting, model, seed));
    return PlacementProblem{model, std::move(profile.activation),
                            std::move(profile.coactivation)};
  };
  experiment.solve.start_time_s = setting.start_time_s;
  experiment.solve.horizon_s = setting.horizon_s.value_or(sky.period_s());
  experiment.solve.slots = setting.slots;
  experiment.solve.satellite_flops = setting.satellite_flops;
  experiment.solve.memory_bytes_per_satellite = setting.memory_bytes;
  experiment.solve.excluded = setting.excluded;
  experiment.solve.mixed_gateways = setting.mixed_gateways;
  experiment.solve.max_copies = setting.max_copies;
  experiment.solve.topology = setting.topology;
  experiment.simulation = setting.simulation;
  if (fixed.has_value()) {
    experiment.simulation.transitions = fixed->transitions;
  }
  experiment.experts_per_satellite = setting.experts_per_satellite;
  for (int i = 0; i < setting.seeds; ++i) {
    experiment.seeds.push_back(setting.first_seed + i);
  }
  return experiment;
}

}  // namespace spacemoe
