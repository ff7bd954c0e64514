// A plan as JSON (`spacemoe plan --json`) and as a table for a terminal.
#ifndef SPACEMOE_PLACEMENT_PLAN_JSON_H_
#define SPACEMOE_PLACEMENT_PLAN_JSON_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "placement/constellation.h"
#include "placement/cost.h"
#include "placement/placement.h"
#include "placement/problem.h"
#include "placement/strategy.h"

namespace spacemoe {

// What a plan came from and what came out. The pointers must outlive the use.
struct PlanReport {
  std::string strategy;
  const Constellation* constellation = nullptr;
  const PlacementProblem* problem = nullptr;
  SolveOptions options;
  SolveResult result;
  std::optional<Prediction> prediction;  // when feasible
  std::string profile = "uniform";       // the activation's origin
};

// {"gateways": [id...], "experts": [[[id...]...]...], "head": id}
nlohmann::ordered_json PlacementToJson(const Placement& placement);

// InvalidArgument: not JSON, unknown or missing fields, wrong types.
absl::StatusOr<Placement> PlacementFromJson(std::string_view text,
                                            std::string_view origin);

nlohmann::ordered_json LatencyPartsToJson(const LatencyParts& parts);

// {"feasible", "reason" (when not), "strategy", "constellation" {...},
//  "experts_per_satellite", "seed", "start_time_s", "profile", "satellites",
//  "bytes_per_satellite" {max, mean, total}, "placement",
//  "roles" [{"satellite", "plane", "slot", "layer", "gateway", "head",
//            "experts", "bytes"}],
//  "lower_bound_ms", "lower_bound_of" (where the strategy has one),
//  "predicted_per_token_ms", "breakdown_ms" {...}, "per_layer_ms" [...]}
nlohmann::ordered_json PlanToJson(const PlanReport& report);

// Several lines with units, ending in a newline.
std::string FormatPlan(const PlanReport& report);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_PLAN_JSON_H_
