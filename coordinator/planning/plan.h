// A plan: which satellite holds which roles, and whom it sends to.
#ifndef SPACEMOE_COORDINATOR_PLANNING_PLAN_H_
#define SPACEMOE_COORDINATOR_PLANNING_PLAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/checkpoint/checkpoint.h"
#include "placement/constellation.h"
#include "placement/cost.h"
#include "placement/placement.h"
#include "placement/plan_json.h"
#include "placement/presets.h"
#include "placement/problem.h"
#include "placement/strategy.h"

namespace spacemoe {

// Seconds that one decoded row takes each role.
struct RoleSeconds {
  double gateway = 0;
  double expert = 0;
  double head = 0;

  bool empty() const { return gateway == 0 && expert == 0 && head == 0; }
};

struct PlanOptions {
  std::string constellation{kDefaultConstellation};  // preset or file
  std::string strategy{kDefaultStrategy};
  // nullopt: DefaultExpertsPerSatellite of the strategy.
  std::optional<int> experts_per_satellite;
  // compact only.
  bool mixed_gateways = false;
  int max_copies = 1;
  std::vector<int> excluded;  // satellites without roles; they still forward
  std::string profile;        // path; empty: uniform activation
  double epoch_offset_s = 0;  // constellation time at the plan's start
  std::optional<int64_t> memory_bytes;  // of one satellite
  uint64_t seed = 0;                    // of the random strategies
  bool bfloat16 = false;
  double modelled_flops = 0;  // of a satellite; 0: compute is measured
  RoleSeconds measured;       // what plans count with when it is
};

// Immutable once made, hence safe for concurrent use.
struct Plan {
  PlanOptions options;
  Constellation constellation;
  PlacementProblem problem;
  SolveOptions solve;
  SolveResult result;
  // By layer, its gateway first, then by expert. The place in this list is a
  // satellite's index in the plan. Empty when infeasible.
  std::vector<SatelliteRoles> satellites;
  std::string profile_origin;  // a path, or "uniform"
  std::string note;            // what a person should know; may be empty

  const Placement& placement() const { return result.placement; }
  int size() const { return static_cast<int>(satellites.size()); }
};

// An infeasible problem is a plan whose result says so. Errors: NOT_FOUND or
// INVALID_ARGUMENT for options and files, as their readers say;
// INVALID_ARGUMENT for measured and modelled compute at once.
absl::StatusOr<Plan> MakePlan(const Checkpoint& checkpoint,
                              const PlanOptions& options);

// FAILED_PRECONDITION with the reason when the plan is infeasible.
absl::Status RequireFeasible(const Plan& plan);

// The report that placement/plan_json.h formats; borrows from the plan. Adds
// the prediction when the plan is feasible and `predict` is set.
absl::StatusOr<PlanReport> ReportOf(const Plan& plan, bool predict);

// "layer 3 gateway, head", "layer 3 expert 5", "layer 0 gateway, experts 0-7".
std::string RoleName(const SatelliteRoles& roles);

// "satellite 345 (index 17, layer 3 expert 5, pid 1234)"; pid 0: left out.
std::string SatelliteName(const Plan& plan, int index, int64_t pid);

// Satellites (ids, ascending) that one sends packets to; itself excluded.
std::vector<int> PeersOf(const Plan& plan, const SatelliteRoles& roles);

// Index in the plan of the satellite that holds the head.
int HeadIndex(const Plan& plan);

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_PLANNING_PLAN_H_
