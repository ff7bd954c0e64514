// The figures of a plan that both its JSON and its table show.
#ifndef SPACEMOE_PLACEMENT_PLAN_SUMMARY_H_
#define SPACEMOE_PLACEMENT_PLAN_SUMMARY_H_

#include <cstdint>

#include "placement/placement.h"
#include "placement/problem.h"

namespace spacemoe {

struct PlanSummary {
  int satellites = 0;
  int gateways = 0;
  int expert_satellites = 0;  // with experts and no gateway
  int max_experts = 0;        // on one of these
  int64_t max_bytes = 0;
  int64_t total_bytes = 0;

  int64_t mean_bytes() const {
    return satellites == 0 ? 0 : total_bytes / satellites;
  }
};

PlanSummary Summarise(const Placement& placement, const ModelShape& model);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_PLAN_SUMMARY_H_
