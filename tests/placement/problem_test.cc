#include "placement/problem.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/placement/shells.h"
#include "tests/placement/status_check.h"

namespace spacemoe {
namespace {

TEST(ValidateProblem, AcceptsDenseAndSparseLayers) {
  PlacementProblem problem = UniformProblem(3, 8, 2);
  problem.model.layers[1].experts = 0;
  problem.model.layers[1].top_k = 0;
  problem.activation[1].clear();
  EXPECT_TRUE(ValidateProblem(problem).ok()) << ValidateProblem(problem);
}

TEST(ValidateProblem, RefusesWrongShapes) {
  ExpectInvalid(ValidateProblem({}), "the model has 0 layers");
  PlacementProblem problem = UniformProblem(3, 8, 2);
  problem.activation.pop_back();
  ExpectInvalid(ValidateProblem(problem),
                "activation probabilities for 2 layers, the model has 3");
  problem = UniformProblem(3, 8, 2);
  problem.activation[1].pop_back();
  ExpectInvalid(ValidateProblem(problem),
                "layer 1: 7 activation probabilities for 8 experts");
  problem = UniformProblem(3, 8, 2);
  problem.model.layers[2].top_k = 9;
  ExpectInvalid(ValidateProblem(problem), "found top_k 9 of 8 experts");
}

TEST(ValidateProblem, RefusesBadProbabilities) {
  for (double bad : {-0.1, std::nan(""), 1.5, HUGE_VAL}) {
    PlacementProblem problem = UniformProblem(2, 4, 2);
    problem.activation[1][3] = bad;
    ExpectInvalid(ValidateProblem(problem),
                  "layer 1 expert 3: an activation probability must be in");
  }
  PlacementProblem problem = UniformProblem(2, 4, 2);
  problem.activation[0] = {0.5, 0.5, 0.4, 0.5};
  ExpectInvalid(ValidateProblem(problem),
                "layer 0: activation probabilities add up to 1.9, expected "
                "top_k = 2");
  problem.activation[0] = {0.5, 0.5, 0.4991, 0.5};
  EXPECT_TRUE(ValidateProblem(problem).ok());
}

TEST(ValidateProblem, RefusesBadCosts) {
  PlacementProblem problem = UniformProblem(2, 4, 2);
  problem.model.layers[1].expert.bytes = -1;
  ExpectInvalid(ValidateProblem(problem), "layer 1 expert: bytes");
  problem = UniformProblem(2, 4, 2);
  problem.model.head.seconds = std::nan("");
  ExpectInvalid(ValidateProblem(problem), "head: bytes");
  problem = UniformProblem(2, 4, 2);
  problem.model.output_bytes = -5;
  ExpectInvalid(ValidateProblem(problem), "output -5");
}

TEST(ValidateOptions, RefusesBadValues) {
  EXPECT_TRUE(ValidateOptions({}, 10).ok());
  ExpectInvalid(ValidateOptions({.experts_per_satellite = 0}, 10),
                "experts_per_satellite must be at least 1, found 0");
  ExpectInvalid(ValidateOptions({.slots = 0}, 10), "slots must be in");
  ExpectInvalid(ValidateOptions({.horizon_s = -1}, 10), "horizon_s");
  ExpectInvalid(ValidateOptions({.start_time_s = std::nan("")}, 10),
                "start_time_s");
  ExpectInvalid(ValidateOptions({.satellite_flops = INFINITY}, 10),
                "satellite_flops");
  ExpectInvalid(ValidateOptions({.memory_bytes_per_satellite = -1}, 10),
                "memory_bytes_per_satellite");
  ExpectInvalid(ValidateOptions({.excluded = {3, 10}}, 10),
                "excluded satellite 10 is not one of 10");
}

TEST(SlotTimes, AreTheMiddlesOfEqualParts) {
  EXPECT_THAT(SlotTimes({.start_time_s = 100, .horizon_s = 60, .slots = 3}),
              ::testing::ElementsAre(110, 130, 150));
}

TEST(ComputeSeconds, AddsSecondsAndFlops) {
  const RoleCost role{.bytes = 0, .flops = 2e9, .seconds = 0.5};
  EXPECT_DOUBLE_EQ(ComputeSeconds(role, {}), 0.5);
  EXPECT_DOUBLE_EQ(ComputeSeconds(role, {.satellite_flops = 1e9}), 2.5);
}

}  // namespace
}  // namespace spacemoe
