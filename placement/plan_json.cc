#include "placement/plan_json.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "placement/json_reader.h"
#include "placement/plan_summary.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using Json = nlohmann::ordered_json;

Json ConstellationToReport(const Constellation& constellation) {
  const ShellSpec& shell = constellation.shell();
  return {{"name", constellation.Label()},
          {"planes", shell.planes},
          {"satellites_per_plane", shell.satellites_per_plane},
          {"altitude_km", shell.altitude_km},
          {"inclination_deg", shell.inclination_deg},
          {"pattern", shell.pattern == ShellPattern::kDelta ? "delta" : "star"},
          {"raan_spread_deg", shell.raan_spread_deg},
          {"phasing", shell.phasing},
          {"link_rate_bps", constellation.links().rate_bps},
          {"processing_ms_per_hop", constellation.links().processing_ms}};
}

Json RolesToJson(const SatelliteRoles& roles, const PlanReport& report) {
  const Constellation& constellation = *report.constellation;
  return {{"satellite", roles.satellite},
          {"plane", constellation.PlaneOf(roles.satellite)},
          {"slot", constellation.SlotOf(roles.satellite)},
          {"layer", roles.layer},
          {"gateway", roles.gateway},
          {"head", roles.head},
          {"experts", roles.experts},
          {"bytes", BytesOf(roles, report.problem->model)}};
}

Json MemoryToJson(const PlanSummary& summary) {
  return {{"max", summary.max_bytes},
          {"mean", summary.mean_bytes()},
          {"total", summary.total_bytes}};
}

// What a limit of "as many as there are" comes to.
int ExpertsPerSatellite(const PlanReport& report) {
  int most = 1;
  for (const LayerShape& layer : report.problem->model.layers) {
    most = std::max(most, layer.experts);
  }
  const int limit = report.options.experts_per_satellite;
  return limit == DefaultExpertsPerSatellite(report.strategy)
             ? std::min(limit, most)
             : limit;
}

void AppendFeasible(const PlanReport& report, Json* json) {
  const PlanSummary summary =
      Summarise(report.result.placement, report.problem->model);
  (*json)["satellites"] = summary.satellites;
  (*json)["bytes_per_satellite"] = MemoryToJson(summary);
  (*json)["placement"] = PlacementToJson(report.result.placement);
  Json roles = Json::array();
  for (const SatelliteRoles& entry :
       RolesBySatellite(report.result.placement)) {
    roles.push_back(RolesToJson(entry, report));
  }
  (*json)["roles"] = std::move(roles);
}

void AppendPrediction(const Prediction& prediction, Json* json) {
  (*json)["predicted_per_token_ms"] = prediction.total.total_ms();
  (*json)["breakdown_ms"] = LatencyPartsToJson(prediction.total);
  Json layers = Json::array();
  for (const LatencyParts& layer : prediction.layers) {
    layers.push_back(layer.total_ms());
  }
  (*json)["per_layer_ms"] = std::move(layers);
}

}  // namespace

Json PlacementToJson(const Placement& placement) {
  return {{"gateways", placement.gateways},
          {"experts", placement.experts},
          {"head", placement.head}};
}

absl::StatusOr<Placement> PlacementFromJson(std::string_view text,
                                            std::string_view origin) {
  SPACEMOE_ASSIGN_OR_RETURN(const nlohmann::json json, ParseJson(text, origin));
  const JsonReader reader(json, std::string(origin));
  SPACEMOE_RETURN_IF_ERROR(
      reader.ExpectObject({"gateways", "experts", "head"}));
  Placement placement;
  SPACEMOE_RETURN_IF_ERROR(reader.ReadField("gateways", &placement.gateways));
  SPACEMOE_RETURN_IF_ERROR(reader.ReadField("experts", &placement.experts));
  SPACEMOE_RETURN_IF_ERROR(reader.ReadField("head", &placement.head));
  return placement;
}

Json LatencyPartsToJson(const LatencyParts& parts) {
  return {{"propagation", parts.propagation_ms},
          {"processing", parts.processing_ms},
          {"serialization", parts.serialization_ms},
          {"queueing", parts.queueing_ms},
          {"compute", parts.compute_ms}};
}

Json PlanToJson(const PlanReport& report) {
  Json json = {{"feasible", report.result.feasible()}};
  if (!report.result.feasible()) json["reason"] = report.result.detail;
  json["strategy"] = report.strategy;
  json["constellation"] = ConstellationToReport(*report.constellation);
  json["experts_per_satellite"] = ExpertsPerSatellite(report);
  json["seed"] = report.options.seed;
  json["start_time_s"] = report.options.start_time_s;
  json["profile"] = report.profile;
  if (report.result.feasible()) AppendFeasible(report, &json);
  if (report.result.lower_bound_ms.has_value()) {
    json["lower_bound_ms"] = *report.result.lower_bound_ms;
    json["lower_bound_of"] = report.result.bound_kind;
  }
  if (report.prediction.has_value()) {
    AppendPrediction(*report.prediction, &json);
  }
  return json;
}

}  // namespace spacemoe
