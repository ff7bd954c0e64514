#include "coordinator/planning/plan.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/planning/model_shape.h"
#include "placement/constellation_file.h"
#include "placement/profile.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

struct Activation {
  std::vector<std::vector<double>> probabilities;
  std::vector<std::vector<std::vector<double>>> pairs;
  std::string origin;
  std::string note;
};

absl::StatusOr<Activation> ActivationOf(const PlanOptions& options,
                                        const ModelShape& model) {
  if (options.profile.empty()) {
    return Activation{UniformActivation(model),
                      {},
                      "uniform",
                      "no profile: every expert is taken to be equally likely "
                      "(measure one with: spacemoe profile)"};
  }
  SPACEMOE_ASSIGN_OR_RETURN(ActivationProfile profile,
                            LoadProfile(options.profile));
  SPACEMOE_RETURN_IF_ERROR(CheckProfileFits(profile, model));
  return Activation{std::move(profile.activation),
                    std::move(profile.coactivation), options.profile, ""};
}

SolveOptions SolveOptionsOf(const PlanOptions& options) {
  SolveOptions solve;
  solve.experts_per_satellite = options.experts_per_satellite.value_or(
      DefaultExpertsPerSatellite(options.strategy));
  solve.mixed_gateways = options.mixed_gateways;
  solve.max_copies = options.max_copies;
  solve.excluded = options.excluded;
  solve.seed = options.seed;
  solve.start_time_s = options.epoch_offset_s;
  solve.memory_bytes_per_satellite = options.memory_bytes;
  solve.satellite_flops = options.modelled_flops;
  return solve;
}

void SetMeasured(const RoleSeconds& measured, ModelShape* shape) {
  shape->head.seconds = measured.head;
  for (LayerShape& layer : shape->layers) {
    layer.gateway.seconds = measured.gateway;
    layer.expert.seconds = measured.expert;
  }
}

std::vector<SatelliteRoles> InPlanOrder(const Placement& placement) {
  std::vector<SatelliteRoles> roles = RolesBySatellite(placement);
  std::stable_sort(
      roles.begin(), roles.end(),
      [](const SatelliteRoles& a, const SatelliteRoles& b) {
        const auto key = [](const SatelliteRoles& r) {
          const int expert = r.experts.empty() ? -1 : r.experts.front();
          return std::make_tuple(r.layer, !r.gateway, expert, r.satellite);
        };
        return key(a) < key(b);
      });
  return roles;
}

// "5", "0-7", "1, 4, 6".
std::string ListOf(const std::vector<int>& experts) {
  const bool run = experts.size() > 2 && experts.back() - experts.front() + 1 ==
                                             static_cast<int>(experts.size());
  if (run) {
    return std::to_string(experts.front()) + "-" +
           std::to_string(experts.back());
  }
  std::string list;
  for (int expert : experts) {
    if (!list.empty()) list += ", ";
    list += std::to_string(expert);
  }
  return list;
}

}  // namespace

absl::StatusOr<Plan> MakePlan(const Checkpoint& checkpoint,
                              const PlanOptions& options) {
  if (options.modelled_flops > 0 && !options.measured.empty()) {
    return absl::InvalidArgumentError(
        "--role-seconds is for measured compute, found --compute modelled");
  }
  SPACEMOE_ASSIGN_OR_RETURN(Constellation constellation,
                            OpenConstellation(options.constellation));
  SPACEMOE_ASSIGN_OR_RETURN(ModelShape shape,
                            ShapeOf(checkpoint, options.bfloat16));
  SetMeasured(options.measured, &shape);
  SPACEMOE_ASSIGN_OR_RETURN(Activation activation,
                            ActivationOf(options, shape));
  PlacementProblem problem{std::move(shape),
                           std::move(activation.probabilities),
                           std::move(activation.pairs)};
  const SolveOptions solve = SolveOptionsOf(options);
  SPACEMOE_ASSIGN_OR_RETURN(SolveResult result, Solve(options.strategy, problem,
                                                      constellation, solve));
  Plan plan{options,
            std::move(constellation),
            std::move(problem),
            solve,
            std::move(result),
            {},
            std::move(activation.origin),
            std::move(activation.note)};
  if (plan.result.feasible()) plan.satellites = InPlanOrder(plan.placement());
  return plan;
}

absl::Status RequireFeasible(const Plan& plan) {
  if (plan.result.feasible()) return absl::OkStatus();
  return absl::FailedPreconditionError("the plan does not fit: " +
                                       plan.result.detail);
}

absl::StatusOr<PlanReport> ReportOf(const Plan& plan, bool predict) {
  PlanReport report;
  report.strategy = plan.options.strategy;
  report.constellation = &plan.constellation;
  report.problem = &plan.problem;
  report.options = plan.solve;
  report.result = plan.result;
  report.profile = plan.profile_origin;
  if (predict && plan.result.feasible()) {
    SPACEMOE_ASSIGN_OR_RETURN(report.prediction,
                              Predict(plan.problem, plan.placement(),
                                      plan.constellation, plan.solve));
  }
  return report;
}

std::string RoleName(const SatelliteRoles& roles) {
  std::string name;
  const auto add = [&name](const std::string& part) {
    if (!name.empty()) name += ", ";
    name += part;
  };
  if (roles.gateway) add("gateway");
  if (!roles.experts.empty()) {
    add(roles.experts.size() > 1 ? "experts " : "expert ");
    name += ListOf(roles.experts);
  }
  if (roles.head) add("head");
  if (roles.layer < 0) return name;
  return "layer " + std::to_string(roles.layer) + " " + name;
}

std::string SatelliteName(const Plan& plan, int index, int64_t pid) {
  const SatelliteRoles& roles = plan.satellites[index];
  std::string name = "satellite " + std::to_string(roles.satellite) +
                     " (index " + std::to_string(index) + ", " +
                     RoleName(roles);
  if (pid > 0) name += ", pid " + std::to_string(pid);
  return name + ")";
}

std::vector<int> PeersOf(const Plan& plan, const SatelliteRoles& roles) {
  const Placement& placement = plan.placement();
  std::set<int> peers;
  if (roles.head) peers.insert(placement.gateways.front());
  if (roles.layer >= 0) peers.insert(placement.Successor(roles.layer));
  if (roles.gateway) {
    for (const auto& replicas : placement.experts[roles.layer]) {
      peers.insert(replicas.begin(), replicas.end());
    }
  }
  peers.erase(roles.satellite);
  return {peers.begin(), peers.end()};
}

int HeadIndex(const Plan& plan) {
  const auto head =
      std::find_if(plan.satellites.begin(), plan.satellites.end(),
                   [](const SatelliteRoles& roles) { return roles.head; });
  return static_cast<int>(head - plan.satellites.begin());
}

}  // namespace spacemoe
