// The expected latency of a lap, computed without running anything.
#ifndef SPACEMOE_PLACEMENT_COST_H_
#define SPACEMOE_PLACEMENT_COST_H_

#include <vector>

#include "absl/status/statusor.h"
#include "placement/constellation.h"
#include "placement/placement.h"
#include "placement/problem.h"

namespace spacemoe {

struct LatencyParts {
  double propagation_ms = 0;
  double processing_ms = 0;
  double serialization_ms = 0;
  double queueing_ms = 0;  // 0: one sequence meets no queue
  double compute_ms = 0;

  double total_ms() const {
    return propagation_ms + processing_ms + serialization_ms + queueing_ms +
           compute_ms;
  }
  LatencyParts& operator+=(const LatencyParts& other);
  LatencyParts& operator*=(double factor);
};

struct Prediction {
  // [layers]: the gateway's compute, then the slowest path to the successor.
  std::vector<LatencyParts> layers;
  LatencyParts head;  // its compute, and its way to layer 0's gateway
  LatencyParts total;
  // Standard error of total over sampled expert sets; 0 when enumerated.
  double sampling_error_ms = 0;
  // Slots in which some message of the plan has no route: left out.
  int disconnected_slots = 0;
};

// One decode lap of one sequence. Per layer: the expectation, over the selected
// experts, of the slowest of the paths gateway -> expert -> successor and of
// the residual's direct path; the parts are those of the slowest path. A
// satellite with several selected experts runs them one after the other; of an
// expert's copies runs the one that lets the last finish soonest. Sets of
// experts follow LayerLaw (joint_law.h). Means over the SlotTimes(options) in
// which all messages have routes; a lap begins at the slot's moment, and each
// layer's routes are the shortest when it gets there. FailedPrecondition: there
// is no such slot.
absl::StatusOr<Prediction> Predict(const PlacementProblem& problem,
                                   const Placement& placement,
                                   const Constellation& constellation,
                                   const SolveOptions& options);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_COST_H_
