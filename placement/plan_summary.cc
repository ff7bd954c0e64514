#include "placement/plan_summary.h"

#include <algorithm>

namespace spacemoe {

PlanSummary Summarise(const Placement& placement, const ModelShape& model) {
  PlanSummary summary;
  for (const SatelliteRoles& roles : RolesBySatellite(placement)) {
    const int64_t bytes = BytesOf(roles, model);
    ++summary.satellites;
    if (roles.gateway) ++summary.gateways;
    if (!roles.gateway && !roles.experts.empty()) {
      ++summary.expert_satellites;
      summary.max_experts =
          std::max(summary.max_experts, static_cast<int>(roles.experts.size()));
    }
    summary.max_bytes = std::max(summary.max_bytes, bytes);
    summary.total_bytes += bytes;
  }
  return summary;
}

}  // namespace spacemoe
