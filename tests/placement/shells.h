// Constellations and models that placement's tests share.
#ifndef SPACEMOE_TESTS_PLACEMENT_SHELLS_H_
#define SPACEMOE_TESTS_PLACEMENT_SHELLS_H_

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "placement/constellation.h"
#include "placement/constellation_file.h"
#include "placement/problem.h"
#include "placement/profile.h"

namespace spacemoe {

inline ShellSpec DeltaShell(int planes, int slots, double altitude_km,
                            double inclination_deg, double phasing) {
  return {.name = "test",
          .planes = planes,
          .satellites_per_plane = slots,
          .altitude_km = altitude_km,
          .inclination_deg = inclination_deg,
          .phasing = phasing};
}

inline Constellation Make(ShellSpec shell, LinkSpec links = {}) {
  auto made = Constellation::Create(
      {.name = "test", .links = links, .shells = {std::move(shell)}});
  EXPECT_TRUE(made.ok()) << made.status();
  return *std::move(made);
}

inline Constellation Open(const std::string& name) {
  auto opened = OpenConstellation(name);
  EXPECT_TRUE(opened.ok()) << opened.status();
  return *std::move(opened);
}

// Sizes are round numbers: a gateway of 100 bytes, experts of 10, a head of 50.
inline PlacementProblem UniformProblem(int layers, int experts, int top_k) {
  PlacementProblem problem;
  problem.model.family = "test";
  problem.model.layers.assign(
      layers, {.experts = experts,
               .top_k = top_k,
               .gateway = {.bytes = 100, .flops = 4e6, .seconds = 0},
               .expert = {.bytes = 10, .flops = 1e6, .seconds = 0}});
  problem.model.head = {.bytes = 50, .flops = 2e6, .seconds = 0};
  problem.model.residual_bytes = 1000;
  problem.model.dispatch_bytes = 1000;
  problem.model.output_bytes = 2000;
  problem.activation = UniformActivation(problem.model);
  return problem;
}

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_PLACEMENT_SHELLS_H_
