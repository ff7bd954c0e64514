// A satellite's share of the plan, on the wire.
#ifndef SPACEMOE_COORDINATOR_SERVICE_ASSIGNMENT_H_
#define SPACEMOE_COORDINATOR_SERVICE_ASSIGNMENT_H_

#include <cstdint>
#include <string>

#include "coordinator/core/cluster.h"
#include "coordinator/planning/plan.h"
#include "models/config/model_config.h"
#include "spacemoe/v1/membership.pb.h"
#include "spacemoe/v1/trace.pb.h"

namespace spacemoe {

// What the assignments of a run share.
struct RunSettings {
  std::string model_path;
  std::string model_hash;  // Fingerprint
  std::string clock_id;    // the coordinator's
  int64_t layers = 0;
  int64_t hidden_size = 0;
  bool links = true;
  double time_scale = 1;
  std::string kernel = "native";
  bool trace = false;
};

// KV cache that a gateway may hold in the memory that its weights leave; 0:
// no limit is given.
int64_t KvBytesLimit(const Plan& plan, const SatelliteRoles& roles);

// `plan` is feasible.
v1::Assignment AssignmentFor(const Plan& plan, const RunSettings& settings,
                             int index, const Roster& roster);

// Who records what in a traced run.
v1::TraceHeader TraceHeaderOf(const Plan& plan, const RunSettings& settings);

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_SERVICE_ASSIGNMENT_H_
