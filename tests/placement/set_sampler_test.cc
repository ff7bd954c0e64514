#include "placement/simulation/set_sampler.h"

#include <cmath>
#include <map>
#include <utility>

#include "gtest/gtest.h"
#include "placement/joint_law.h"
#include "placement/simulation/plan_simulation.h"
#include "placement/strategy.h"
#include "tests/placement/shells.h"
#include "tests/placement/status_check.h"

namespace spacemoe {
namespace {

constexpr int kDraws = 200'000;

PlacementProblem SkewedProblem() {
  PlacementProblem problem = UniformProblem(2, 4, 2);
  problem.activation = {{0.8, 0.6, 0.4, 0.2}, {0.2, 0.5, 0.6, 0.7}};
  return problem;
}

// Of all tokens that chose e, nearly all go on to e.
TransitionCounts Faithful() {
  TransitionCounts counts(4, std::vector<int64_t>(4, 10));
  for (int e = 0; e < 4; ++e) counts[e][e] = 1000;
  return counts;
}

// Shares of (e in the first layer, f in the second) among drawn pairs of sets.
std::map<std::pair<int, int>, double> PairShares(
    const std::vector<SetSampler>& samplers) {
  CounterRng rng(7);
  std::map<std::pair<int, int>, double> shares;
  for (int i = 0; i < kDraws; ++i) {
    const int first = samplers[0].Draw(&rng, -1);
    const int second = samplers[1].Draw(&rng, first);
    for (int e : samplers[0].experts(first)) {
      for (int f : samplers[1].experts(second)) {
        shares[{e, f}] += 1.0 / kDraws;
      }
    }
  }
  return shares;
}

TEST(SetSampler, KeepsTheLawsAndFollowsTheTransitions) {
  const PlacementProblem problem = SkewedProblem();
  const std::vector<SelectionLaw> laws = LayerLaws(problem, 0);
  const auto free = PairShares(MakeSamplers(laws, {}));
  const auto bound = PairShares(MakeSamplers(laws, {Faithful()}));
  for (int f = 0; f < 4; ++f) {
    double marginal = 0;
    for (int e = 0; e < 4; ++e) marginal += bound.at({e, f}) / 2;
    EXPECT_NEAR(marginal, problem.activation[1][f], 0.01) << f;
    EXPECT_NEAR(free.at({f, f}),
                problem.activation[0][f] * problem.activation[1][f], 0.01);
    EXPECT_GT(bound.at({f, f}), 1.03 * free.at({f, f})) << f;
  }
}

TEST(SetSampler, CountsOfIndependentChoicesChangeNothing) {
  const PlacementProblem problem = SkewedProblem();
  const std::vector<SelectionLaw> laws = LayerLaws(problem, 0);
  TransitionCounts counts(4, std::vector<int64_t>(4));
  for (int e = 0; e < 4; ++e) {
    for (int f = 0; f < 4; ++f) {
      counts[e][f] = std::llround(1e6 * problem.activation[0][e] *
                                  problem.activation[1][f]);
    }
  }
  const auto free = PairShares(MakeSamplers(laws, {}));
  for (const auto& [pair, share] : PairShares(MakeSamplers(laws, {counts}))) {
    EXPECT_NEAR(share, free.at(pair), 0.01);
  }
}

TEST(SetSampler, LivesWithDenseLayersAndUnseenExperts) {
  PlacementProblem problem = SkewedProblem();
  problem.model.layers[0].experts = problem.model.layers[0].top_k = 0;
  problem.activation[0].clear();
  const std::vector<SelectionLaw> dense = LayerLaws(problem, 0);
  CounterRng rng(1);
  const std::vector<SetSampler> samplers =
      MakeSamplers(dense, std::vector<TransitionCounts>(1));
  const int first = samplers[0].Draw(&rng, -1);
  EXPECT_TRUE(samplers[0].experts(first).empty());
  EXPECT_EQ(samplers[1].experts(samplers[1].Draw(&rng, first)).size(), 2u);
  const std::vector<SelectionLaw> laws = LayerLaws(SkewedProblem(), 0);
  const TransitionCounts none(4, std::vector<int64_t>(4, 0));
  const auto free = PairShares(MakeSamplers(laws, {}));
  for (const auto& [pair, share] : PairShares(MakeSamplers(laws, {none}))) {
    EXPECT_NEAR(share, free.at(pair), 0.01);
  }
}

// Layers are slow together: the mean stays, the spread grows.
TEST(SetSampler, TransitionsWidenASimulationAndKeepItsMean) {
  const Constellation sky = Open("spacemoe-paper");
  PlacementProblem problem = UniformProblem(12, 4, 1);
  problem.activation.assign(12, {0.4, 0.3, 0.2, 0.1});
  const SolveOptions options{.horizon_s = 5000, .slots = 4};
  const auto plan = Solve("spacemoe", problem, sky, options);
  ASSERT_TRUE(plan.ok() && plan->feasible()) << plan.status();
  SimulationOptions simulation{.tokens_per_slot = 4000};
  const auto free =
      SimulatePlan(problem, plan->placement, sky, options, simulation);
  ASSERT_TRUE(free.ok()) << free.status();
  simulation.transitions.assign(11, Faithful());
  const auto bound =
      SimulatePlan(problem, plan->placement, sky, options, simulation);
  ASSERT_TRUE(bound.ok()) << bound.status();
  EXPECT_EQ(free->mean.total_ms(), bound->mean.total_ms());
  const auto range = [](const PlanSimulation& simulation) {
    const size_t last = simulation.tokens_ms.size() - 1;
    return simulation.tokens_ms[last * 99 / 100] -
           simulation.tokens_ms[last / 100];
  };
  EXPECT_GT(range(*bound), 1.1 * range(*free));
}

TEST(SetSampler, SimulationsRefuseTransitionsOfAnotherModel) {
  const Constellation sky = Open("spacemoe-paper");
  const PlacementProblem problem = SkewedProblem();
  const auto plan = Solve("spacemoe", problem, sky, {});
  ASSERT_TRUE(plan.ok() && plan->feasible()) << plan.status();
  const auto status = [&](std::vector<TransitionCounts> transitions) {
    return SimulatePlan(problem, plan->placement, sky, {},
                        {.transitions = std::move(transitions)})
        .status();
  };
  ExpectInvalid(status(std::vector<TransitionCounts>(2)),
                "transitions of 3 layers, the model has 2");
  ExpectInvalid(status({TransitionCounts{{1, 2}, {3, 4}}}),
                "4 x 4 transitions from layer 0");
  TransitionCounts negative = Faithful();
  negative[2][1] = -1;
  ExpectInvalid(status({negative}), "at least 0");
}

}  // namespace
}  // namespace spacemoe
