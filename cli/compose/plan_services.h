// Which satellites share a container, as a plan says.
#ifndef SPACEMOE_CLI_COMPOSE_PLAN_SERVICES_H_
#define SPACEMOE_CLI_COMPOSE_PLAN_SERVICES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace spacemoe {

// The satellites of one layer.
struct LayerService {
  int layer = 0;
  std::vector<int> indices;  // places in the plan, ascending
  int gateways = 0;
  int64_t weight_bytes = 0;  // of all of them together
};

struct PlanServices {
  // What the coordinator is started with to make the same plan.
  std::string constellation;  // a preset
  std::string strategy;
  int experts_per_satellite = 0;
  uint64_t seed = 0;
  double start_time_s = 0;
  std::string profile;  // "uniform", or a file

  int satellites = 0;
  std::vector<LayerService> layers;  // ascending
};

// Reads what `spacemoe plan --json` printed. INVALID_ARGUMENT, beginning with
// `origin`, for anything else, with the field; FAILED_PRECONDITION for a plan
// that does not fit, or of a constellation that is no preset.
absl::StatusOr<PlanServices> ParsePlanServices(std::string_view text,
                                               std::string_view origin);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_COMPOSE_PLAN_SERVICES_H_
