// What is to be placed: a model's roles, their sizes and costs, and how often
// each expert is used.
#ifndef SPACEMOE_PLACEMENT_PROBLEM_H_
#define SPACEMOE_PLACEMENT_PROBLEM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "placement/topology.h"

namespace spacemoe {

// A role's memory and its work for one decoded row. The compute time of a row
// is seconds + flops / satellite_flops; leave either at 0.
struct RoleCost {
  int64_t bytes = 0;
  double flops = 0;
  double seconds = 0;
};

struct LayerShape {
  int experts = 0;  // 0: a dense layer, all of it on the gateway
  int top_k = 0;
  RoleCost gateway;  // attention, router, shared experts, KV cache
  RoleCost expert;   // each
};

struct ModelShape {
  std::string family;
  std::vector<LayerShape> layers;
  RoleCost head;
  // Of one row of each message on the wire.
  int64_t residual_bytes = 0;
  int64_t dispatch_bytes = 0;
  int64_t output_bytes = 0;
};

struct PlacementProblem {
  ModelShape model;
  // P(expert is selected), [layers][experts]; a layer's sum is its top_k.
  std::vector<std::vector<double>> activation;
  // P(both experts are selected), [layers][experts][experts], the marginals on
  // the diagonal; [] for a layer (or everywhere) where only marginals are
  // known.
  std::vector<std::vector<std::vector<double>>> coactivation;
};

struct SolveOptions {
  // 1: a gateway and an expert satellite for each expert. N >= experts: one
  // satellite a layer. In between: 1 + ceil(experts / N).
  int experts_per_satellite = 1;
  uint64_t seed = 0;
  // The plan's start, seconds since the constellation's epoch.
  double start_time_s = 0;
  // Expected latencies are means over this many moments, the middles of equal
  // parts of [start, start + horizon].
  double horizon_s = 60;
  int slots = 4;
  std::optional<int64_t> memory_bytes_per_satellite;
  // 0: only RoleCost::seconds counts.
  double satellite_flops = 0;
  // A satellite may hold a gateway and a part of its layer's experts (compact
  // only).
  bool mixed_gateways = false;
  // Satellites that hold the same expert, at most (compact only). Above 1 the
  // gateway picks, for each set of selected experts, the copies that finish
  // first.
  int max_copies = 1;
  // Which links are up in each slot.
  TopologySpec topology;
  // Satellites that may hold no role. They still forward.
  std::vector<int> excluded;
};

double ComputeSeconds(const RoleCost& role, const SolveOptions& options);

// The moments of SolveOptions::slots.
std::vector<double> SlotTimes(const SolveOptions& options);

// InvalidArgument: no layers, top_k outside [1, experts], negative sizes,
// probabilities of the wrong shape, NaN, outside [0, 1], or that do not add up
// to top_k within 0.1 %. The message names the layer.
absl::Status ValidateProblem(const PlacementProblem& problem);

// `satellites` is the constellation's size.
absl::Status ValidateOptions(const SolveOptions& options, int satellites);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_PROBLEM_H_
