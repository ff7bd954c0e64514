#include <utility>

#include "cli/bench/latency_output.h"
#include "cli/generate/outcome_json.h"
#include "placement/plan_json.h"

namespace spacemoe {
namespace {

using Json = nlohmann::ordered_json;

Json LapsJson(const std::vector<BenchLap>& laps) {
  Json json = Json::array();
  for (const BenchLap& lap : laps) {
    json.push_back({{"start_s", lap.start_s},
                    {"measured_ms", lap.measured_ms()},
                    {"software_ms", 1e-6 * lap.measured.software_ns},
                    {"predicted_ms", lap.predicted.total_ms()}});
  }
  return json;
}

Json StrategyJson(const StrategyBench& bench) {
  Json json = {{"strategy", bench.strategy}, {"ran", bench.ran()}};
  if (!bench.ran()) {
    json["reason"] = bench.no_plan;
    return json;
  }
  const LatencyComparison both = Compare(bench);
  Json measured_parts = LatencyPartsToJson(both.measured_parts);
  measured_parts["software"] = both.software_ms;
  json["satellites"] = bench.satellites;
  json["measured"] = {{"per_token_ms", SummaryToJson(both.measured)},
                      {"breakdown_ms", std::move(measured_parts)}};
  json["predicted"] = {
      {"per_token_ms", SummaryToJson(both.predicted)},
      {"breakdown_ms", LatencyPartsToJson(both.predicted_parts)}};
  json["difference_ms"] = {{"total", both.difference_ms()},
                           {"software", both.software_ms},
                           {"model_error", both.model_error_ms},
                           {"worst_lap_model_error", both.worst_lap_error_ms}};
  json["forecast_ms"] = bench.forecast.total_ms();
  json["links"] = LinksToJson(bench.links);
  json["startup_seconds"] = bench.startup_seconds;
  json["wall_seconds"] = bench.wall_seconds;
  json["laps"] = LapsJson(bench.laps);
  return json;
}

Json TextsJson(const std::vector<BenchText>& texts) {
  Json json = Json::array();
  for (const BenchText& text : texts) {
    json.push_back({{"prompt", text.prompt},
                    {"prompt_tokens", text.prompt_tokens},
                    {"ids", text.ids},
                    {"text", text.text}});
  }
  return json;
}

Json SettingJson(const LatencyBench& bench) {
  const RingOptions& ring = bench.ring;
  const RoleSeconds& seconds = ring.plan.measured;
  Json json = {{"model", bench.model},
               {"constellation", bench.constellation},
               {"start_time_s", ring.plan.epoch_offset_s},
               {"profile", bench.activation},
               {"placement_seed", ring.plan.seed},
               {"temperature", bench.temperature},
               {"sampling_seed", bench.sampling_seed},
               {"sequences_in_flight", 1},
               {"time_scale", ring.time_scale},
               {"dtype", ring.plan.bfloat16 ? "bfloat16" : "float32"},
               {"kernel", ring.kernel}};
  if (ring.plan.modelled_flops > 0) {
    json["satellite_flops"] = ring.plan.modelled_flops;
  } else {
    json["role_seconds"] = {{"gateway", seconds.gateway},
                            {"expert", seconds.expert},
                            {"head", seconds.head}};
  }
  return json;
}

Json MachineJson(const Machine& machine) {
  return {{"processor", machine.processor},
          {"cores", machine.cores},
          {"memory_bytes", machine.memory_bytes},
          {"kernel", machine.kernel},
          {"load_before", machine.load},
          {"spacemoe", machine.spacemoe},
          {"compiler", machine.compiler},
          {"libtorch", machine.libtorch},
          {"grpc", machine.grpc}};
}

}  // namespace

Json LatencyBenchToJson(const LatencyBench& bench) {
  Json strategies = Json::array();
  for (const StrategyBench& one : bench.strategies) {
    strategies.push_back(StrategyJson(one));
  }
  return {{"strategies", std::move(strategies)},
          {"texts", TextsJson(bench.texts)},
          {"setting", SettingJson(bench)},
          {"machine", MachineJson(bench.machine)},
          {"command", bench.command}};
}

}  // namespace spacemoe
