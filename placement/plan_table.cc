#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "placement/plan_json.h"
#include "placement/plan_summary.h"

namespace spacemoe {
namespace {

std::string Line(const char* label, const std::string& text) {
  return absl::StrFormat("%-12s%s\n", label, text);
}

std::string Bytes(int64_t bytes) {
  const double mib = static_cast<double>(bytes) / (1 << 20);
  return mib < 1024 ? absl::StrFormat("%.1f MiB", mib)
                    : absl::StrFormat("%.2f GiB", mib / 1024);
}

std::string Orbit(const Constellation& constellation, double start_s) {
  const ShellSpec& shell = constellation.shell();
  return absl::StrFormat(
      "%s, %d planes x %d satellites, %g km, %g degrees, from t = %g s",
      constellation.Label(), shell.planes, shell.satellites_per_plane,
      shell.altitude_km, shell.inclination_deg, start_s);
}

std::string Model(const ModelShape& model) {
  int experts = 0, top_k = 0, sparse = 0;
  for (const LayerShape& layer : model.layers) {
    experts = std::max(experts, layer.experts);
    top_k = std::max(top_k, layer.top_k);
    if (layer.experts > 0) ++sparse;
  }
  const int dense = static_cast<int>(model.layers.size()) - sparse;
  return absl::StrCat(model.family, ", ", model.layers.size(), " layers",
                      dense > 0 ? absl::StrCat(" (", dense, " dense)") : "",
                      ", ", experts, " experts a layer, top-", top_k);
}

std::string Satellites(const PlanSummary& summary) {
  const int most = summary.max_experts;
  if (summary.expert_satellites == 0) {
    return absl::StrCat(summary.satellites, ", one a layer");
  }
  return absl::StrCat(summary.satellites, " (", summary.gateways, " gateways, ",
                      summary.expert_satellites, " expert satellites, ", most,
                      most == 1 ? " expert each)" : " experts each at most)");
}

std::string Predicted(const LatencyParts& total) {
  return absl::StrFormat(
      "%.2f ms per token = propagation %.2f + processing %.2f + serialization "
      "%.3f + queueing %.2f + compute %.2f",
      total.total_ms(), total.propagation_ms, total.processing_ms,
      total.serialization_ms, total.queueing_ms, total.compute_ms);
}

std::string Layers(const Prediction& prediction) {
  double sum = 0;
  size_t slowest = 0;
  for (size_t l = 0; l < prediction.layers.size(); ++l) {
    const double ms = prediction.layers[l].total_ms();
    sum += ms;
    if (ms > prediction.layers[slowest].total_ms()) slowest = l;
  }
  return absl::StrFormat("mean %.2f ms, slowest %.2f ms (layer %d)",
                         sum / static_cast<double>(prediction.layers.size()),
                         prediction.layers[slowest].total_ms(), slowest);
}

std::string Bound(const PlanReport& report) {
  if (!report.result.lower_bound_ms.has_value()) return "";
  const double bound = *report.result.lower_bound_ms;
  const double found = report.prediction->total.total_ms();
  return Line("bound", absl::StrFormat(
                           "no less than %.2f ms for %s; the plan is %.1f %% "
                           "above",
                           bound, report.result.bound_kind,
                           bound > 0 ? 100 * (found / bound - 1) : 0.0));
}

std::string Feasible(const PlanReport& report) {
  const PlanSummary summary =
      Summarise(report.result.placement, report.problem->model);
  return absl::StrCat(
      Line("satellites", Satellites(summary)),
      Line("memory", absl::StrCat(Bytes(summary.max_bytes), " at most, ",
                                  Bytes(summary.mean_bytes()), " on average, ",
                                  Bytes(summary.total_bytes), " together")));
}

}  // namespace

std::string FormatPlan(const PlanReport& report) {
  std::string text = absl::StrCat(
      Line("strategy",
           absl::StrCat(report.strategy, ", seed ", report.options.seed,
                        ", activation ", report.profile)),
      Line("orbit", Orbit(*report.constellation, report.options.start_time_s)),
      Line("model", Model(report.problem->model)));
  if (!report.result.feasible()) {
    return text + Line("no plan", report.result.detail);
  }
  text += Feasible(report);
  if (!report.prediction.has_value()) return text;
  return absl::StrCat(
      text, Line("predicted", Predicted(report.prediction->total)),
      Line("layers", Layers(*report.prediction)), Bound(report));
}

}  // namespace spacemoe
