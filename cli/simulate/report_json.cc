#include <optional>

#include "cli/simulate/paper.h"
#include "cli/simulate/report.h"
#include "placement/plan_json.h"
#include "placement/simulation/statistics.h"

namespace spacemoe {
namespace {

using Json = nlohmann::ordered_json;

Json TokenJson(const StrategyRun& run) {
  const std::vector<double> tokens = run.SortedTokens();
  return {{"mean", run.MeanMs()},
          {"p50", Percentile(tokens, 0.5)},
          {"p95", Percentile(tokens, 0.95)},
          {"p99", Percentile(tokens, 0.99)},
          {"ci95", run.ConfidenceMs()}};
}

Json SeedsJson(const StrategyRun& run) {
  Json seeds = Json::array();
  for (const SeedResult& seed : run.seeds) {
    const LatencyParts& mean = seed.simulation.mean;
    seeds.push_back({{"seed", seed.seed},
                     {"mean_ms", mean.total_ms()},
                     {"propagation_ms", mean.propagation_ms},
                     {"compute_ms", mean.compute_ms},
                     {"solve_seconds", seed.solve_seconds}});
  }
  return seeds;
}

Json RunJson(const StrategyRun& run, bool paper) {
  Json json = {{"strategy", run.strategy},
               {"feasible", run.infeasible.empty()}};
  if (!run.infeasible.empty()) {
    json["reason"] = run.infeasible;
    return json;
  }
  json["per_token_ms"] = TokenJson(run);
  json["breakdown_ms"] = LatencyPartsToJson(run.MeanParts());
  json["per_layer_ms"] = run.LayerMs();
  json["per_layer_sd_ms"] = run.LayerSdMs();
  json["satellites"] = run.seeds.front().satellites;
  json["disconnected_share"] = run.DisconnectedShare();
  if (const auto bound = run.LowerBoundMs()) {
    json["lower_bound_ms"] = *bound;
    json["lower_bound_of"] = run.bound_kind;
  }
  if (paper) {
    const auto published = PublishedSeconds(run.strategy);
    json["published_ms"] = published ? Json(1e3 * *published) : Json();
  }
  json["seeds"] = SeedsJson(run);
  return json;
}

const char* RuleName(DisconnectedRule rule) {
  switch (rule) {
    case DisconnectedRule::kSkip:
      return "skip";
    case DisconnectedRule::kWait:
      return "wait";
    case DisconnectedRule::kPenalty:
      return "penalty";
  }
  return "";
}

Json ShellJson(const SimulateReport& report) {
  const ShellSpec& shell = report.shell;
  return {{"name", report.setting.constellation},
          {"planes", shell.planes},
          {"satellites_per_plane", shell.satellites_per_plane},
          {"altitude_km", shell.altitude_km},
          {"inclination_deg", shell.inclination_deg},
          {"raan_spread_deg", shell.raan_spread_deg},
          {"phasing", shell.phasing},
          {"processing_ms_per_hop", report.constellation.links.processing_ms},
          {"link_rate_bps", report.constellation.links.rate_bps}};
}

Json ModelJson(const SimulateSetting& setting) {
  if (!setting.model.empty()) return {{"checkpoint", setting.model}};
  const ModelDimensions& d = setting.dimensions;
  return {{"family", d.family},   {"layers", d.layers},
          {"experts", d.experts}, {"top_k", d.top_k},
          {"hidden", d.hidden},   {"expert_width", d.expert_width},
          {"keys", d.keys}};
}

Json SettingJson(const SimulateReport& report) {
  const SimulateSetting& s = report.setting;
  Json json = {{"constellation", ShellJson(report)},
               {"model", ModelJson(s)},
               {"profile", s.profile.empty() ? "synthetic" : s.profile}};
  if (s.profile.empty()) {
    json["skew"] = s.skew;
    json["coupling"] = s.coupling;
  }
  json["slots"] = s.slots;
  json["start_time_s"] = s.start_time_s;
  json["horizon_s"] = report.horizon_s;
  json["survival"] = s.topology.survival;
  json["polar_cut_deg"] = s.topology.polar_cut_deg;
  json["tracking_limit_rad_s"] = s.topology.tracking_limit_rad_s;
  json["satellite_flops"] = s.satellite_flops;
  json["disconnected"] = RuleName(s.simulation.disconnected);
  json["tokens_in_flight"] = s.simulation.tokens_in_flight;
  json["tokens_per_slot"] = s.simulation.tokens_per_slot;
  json["mixed_gateways"] = s.mixed_gateways;
  json["max_copies"] = s.max_copies;
  json["first_seed"] = s.first_seed;
  json["seeds"] = s.seeds;
  return json;
}

Json GlobalBound(const SimulateReport& report) {
  for (const StrategyRun& run : report.runs) {
    const auto bound = run.LowerBoundMs();
    if (bound.has_value() && run.bound_kind == "any placement") return *bound;
  }
  return nullptr;
}

}  // namespace

Json ReportToJson(const SimulateReport& report) {
  Json strategies = Json::array();
  for (const StrategyRun& run : report.runs) {
    strategies.push_back(RunJson(run, report.paper));
  }
  return {{"strategies", std::move(strategies)},
          {"setting", SettingJson(report)},
          {"lower_bound_ms", GlobalBound(report)}};
}

Json SweepToJson(const SweepReport& report) {
  Json points = Json::array();
  for (size_t i = 0; i < report.points.size(); ++i) {
    Json point = {{"value", report.sweep.points[i].label}};
    point.update(ReportToJson(report.points[i]));
    points.push_back(std::move(point));
  }
  return {{"sweep", report.sweep.name}, {"points", std::move(points)}};
}

}  // namespace spacemoe
