#include "placement/cost.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "placement/joint_law.h"
#include "placement/plan_evaluator.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr double kNsPerMs = 1e6;

void Accumulate(const SlotEvaluation& slot, Prediction* prediction) {
  prediction->layers.resize(slot.means.size());
  double variance = 0;
  for (size_t l = 0; l < slot.means.size(); ++l) {
    prediction->layers[l] += slot.means[l].parts;
    variance += slot.means[l].variance_of_mean;
  }
  prediction->head += slot.head;
  // The slots share their sets: errors add up and do not cancel.
  prediction->sampling_error_ms += std::sqrt(variance);
}

void Normalise(int slots, Prediction* prediction) {
  const double share = 1.0 / slots;
  for (LatencyParts& layer : prediction->layers) {
    layer *= share;
    prediction->total += layer;
  }
  prediction->head *= share;
  prediction->total += prediction->head;
  prediction->sampling_error_ms *= share;
}

}  // namespace

LatencyParts& LatencyParts::operator+=(const LatencyParts& other) {
  propagation_ms += other.propagation_ms;
  processing_ms += other.processing_ms;
  serialization_ms += other.serialization_ms;
  queueing_ms += other.queueing_ms;
  compute_ms += other.compute_ms;
  return *this;
}

LatencyParts& LatencyParts::operator*=(double factor) {
  propagation_ms *= factor;
  processing_ms *= factor;
  serialization_ms *= factor;
  queueing_ms *= factor;
  compute_ms *= factor;
  return *this;
}

LatencyParts ToParts(const RouteDelay& delay) {
  return {.propagation_ms = delay.propagation_ns / kNsPerMs,
          .processing_ms = delay.processing_ns / kNsPerMs,
          .serialization_ms = delay.serialization_ns / kNsPerMs};
}

absl::StatusOr<Prediction> Predict(const PlacementProblem& problem,
                                   const Placement& placement,
                                   const Constellation& constellation,
                                   const SolveOptions& options) {
  SPACEMOE_RETURN_IF_ERROR(
      ValidatePlan(placement, problem, constellation, options));
  const std::vector<SelectionLaw> laws = LayerLaws(problem, options.seed);
  PlanEvaluator evaluator(problem, placement, constellation, options, laws);
  Prediction prediction;
  const std::vector<double> times = SlotTimes(options);
  for (int slot = 0; slot < options.slots; ++slot) {
    const auto now = evaluator.Evaluate(slot, times[slot]);
    if (now.has_value()) {
      Accumulate(*now, &prediction);
    } else {
      ++prediction.disconnected_slots;
    }
  }
  const int connected = options.slots - prediction.disconnected_slots;
  if (connected == 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "in none of the ", options.slots,
        " slots does every message of the plan have a route: no latency"));
  }
  Normalise(connected, &prediction);
  return prediction;
}

}  // namespace spacemoe
