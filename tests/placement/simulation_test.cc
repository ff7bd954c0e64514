// The simulator against closed forms, the expectation of the same plan, and
// figures of an independent simulation.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "placement/joint_law.h"
#include "placement/model_dimensions.h"
#include "placement/plan_evaluator.h"
#include "placement/simulation/plan_simulation.h"
#include "placement/simulation/statistics.h"
#include "placement/simulation/strategy_run.h"
#include "placement/simulation/token_queue.h"
#include "placement/strategy.h"
#include "placement/synthetic_profile.h"
#include "tests/placement/shells.h"
#include "tests/placement/status_check.h"

namespace spacemoe {
namespace {

PlanSimulation Simulated(const PlacementProblem& problem,
                         const Placement& placement, const Constellation& sky,
                         const SolveOptions& options,
                         const SimulationOptions& simulation = {}) {
  const auto result =
      SimulatePlan(problem, placement, sky, options, simulation);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : PlanSimulation{};
}

// All hops of the tiny ring are equally long at all times.
class SimulationOnARing : public ::testing::Test {
 protected:
  void SetUp() override {
    hop_ms_ = sky_.DistanceKm(0, 1, 0) / kLightSpeedKmPerS * 1e3 + 0.3;
    for (LayerShape& layer : problem_.model.layers) {
      layer.gateway.seconds = 0.004;
      layer.expert.seconds = 0.001;
    }
    problem_.model.head.seconds = 0.002;
  }

  const Constellation sky_ = Open("tiny");
  PlacementProblem problem_ = UniformProblem(2, 2, 1);
  // To 4 over 1 or 2: 4 hops. Back over 5 or 6: 5 hops.
  const Placement placement_{
      .gateways = {0, 4}, .experts = {{{1}, {2}}, {{5}, {6}}}, .head = 0};
  double hop_ms_ = 0;
};

TEST_F(SimulationOnARing, AgreesWithTheClosedForm) {
  const PlanSimulation found = Simulated(problem_, placement_, sky_, {});
  const double expected = 9 * hop_ms_ + 2 * (4 + 1) + 2;
  EXPECT_NEAR(found.mean.total_ms(), expected, 1e-2);
  EXPECT_NEAR(found.mean.compute_ms, 12, 1e-9);
  EXPECT_NEAR(found.tokens_ms.front(), found.tokens_ms.back(), 1e-2);
  EXPECT_NEAR(found.layer_ms[0], 4 * hop_ms_ + 5, 1e-2);
  EXPECT_NEAR(found.layer_sd_ms[0], 0, 1e-2);
}

// Every token passes every satellite: in the long run the slowest server sets
// the pace, and a lap takes tokens times its step.
TEST_F(SimulationOnARing, ManyTokensMoveAtThePaceOfTheSlowestServer) {
  SimulationOptions simulation{.tokens_per_slot = 400};
  const double alone =
      Simulated(problem_, placement_, sky_, {}, simulation).mean.total_ms();
  simulation.tokens_in_flight = 2;
  const PlanSimulation two =
      Simulated(problem_, placement_, sky_, {}, simulation);
  EXPECT_GE(two.mean.total_ms(), alone - 1e-6);
  EXPECT_LT(two.mean.total_ms(), alone + 4 + 2 + 1);
  simulation.tokens_in_flight = 100;
  const PlanSimulation many =
      Simulated(problem_, placement_, sky_, {}, simulation);
  EXPECT_NEAR(many.mean.total_ms(), 100 * 4, 4);
  EXPECT_GT(many.mean.queueing_ms, 235);
}

TEST_F(SimulationOnARing, AQueueOfOneTokenIsTheTokenAlone) {
  const SolveOptions options;
  const std::vector<SelectionLaw> laws = LayerLaws(problem_, 0);
  PlanEvaluator evaluator(problem_, placement_, sky_, options, laws);
  const auto slot = evaluator.Evaluate(0, 0);
  std::vector<SetSampler> samplers;
  for (const SelectionLaw& law : laws) samplers.emplace_back(law);
  for (double lap : SimulateQueue(problem_, placement_, options, *slot,
                                  samplers, {.tokens = 1, .laps = 20})) {
    EXPECT_NEAR(lap, slot->total().total_ms(), 1e-3);
  }
}

TEST_F(SimulationOnARing, DisconnectedSlotsFollowTheRule) {
  // About two of nine links are down in a slot: a ring is mostly cut.
  const SolveOptions options{
      .horizon_s = 4000, .slots = 400, .topology = {.survival = 0.9}};
  const PlanSimulation skip = Simulated(problem_, placement_, sky_, options);
  EXPECT_GT(skip.disconnected_slots, 40);
  EXPECT_LT(skip.disconnected_slots, 360);
  EXPECT_EQ(skip.mean.queueing_ms, 0);
  const double share = skip.disconnected_slots / 400.0;
  const PlanSimulation penalty = Simulated(
      problem_, placement_, sky_, options,
      {.disconnected = DisconnectedRule::kPenalty, .penalty_ms = 500});
  EXPECT_NEAR(penalty.mean.queueing_ms, 500 * share, 1e-6);
  const PlanSimulation wait =
      Simulated(problem_, placement_, sky_, options,
                {.disconnected = DisconnectedRule::kWait});
  EXPECT_GE(wait.mean.queueing_ms, 10'000 * share - 1e-6);
}

TEST_F(SimulationOnARing, SaysThatAPlanIsNeverConnected) {
  const auto result =
      SimulatePlan(problem_, placement_, sky_,
                   {.slots = 5, .topology = {.survival = 1e-6}}, {});
  ExpectError(result.status(), absl::StatusCode::kFailedPrecondition,
              "in none of the 5 slots");
}

TEST_F(SimulationOnARing, RefusesBadOptions) {
  ExpectInvalid(SimulatePlan(problem_, placement_, sky_,
                             {.topology = {.survival = 0}}, {})
                    .status(),
                "survival");
  ExpectInvalid(
      SimulatePlan(problem_, placement_, sky_, {}, {.tokens_per_slot = 0})
          .status(),
      "at least 1 token");
  ExpectInvalid(SimulatePlan(problem_, placement_, sky_, {},
                             {.disconnected = DisconnectedRule::kPenalty,
                              .penalty_ms = std::nan("")})
                    .status(),
                "penalty");
}

Experiment PaperExperiment(const Constellation& sky, int seeds) {
  Experiment experiment;
  experiment.constellation = &sky;
  experiment.problem = [](uint64_t seed) -> absl::StatusOr<PlacementProblem> {
    auto profile = MakeSyntheticProfile({.seed = seed});
    if (!profile.ok()) return profile.status();
    return PlacementProblem{*ShapeOfDimensions({}), profile->activation,
                            profile->coactivation};
  };
  experiment.solve.horizon_s = sky.period_s();
  experiment.solve.slots = 40;
  experiment.solve.satellite_flops = 7.28e9;
  experiment.solve.topology.survival = 0.95;
  experiment.simulation.tokens_per_slot = 10;
  for (int seed = 1; seed <= seeds; ++seed) experiment.seeds.push_back(seed);
  return experiment;
}

struct Published {
  const char* strategy;
  double propagation_180_s;
  double propagation_360_s;
};

// Seconds of propagation of an independent simulation of the same setting.
constexpr Published kPropagation[] = {
    {"random", 3.26, 3.66},          {"random-intra", 1.51, 2.22},
    {"random-intra-cg", 1.26, 2.11}, {"nearest-random", 0.478, 0.753},
    {"spacemoe", 0.444, 0.684},      {"expected-max", 0.444, 0.684}};

// Over 180 degrees in every seed, over 360 in the mean; random takes at least
// five times spacemoe's propagation.
void ExpectThePapersOrder(const std::vector<StrategyRun>& runs, bool wide) {
  const StrategyRun* worse = nullptr;
  for (const StrategyRun& run : runs) {
    if (run.strategy == "nearest-random" || run.strategy == "expected-max") {
      continue;  // not the paper's
    }
    if (worse == nullptr) {
      worse = &run;
      continue;
    }
    EXPECT_GT(worse->MeanMs(), run.MeanMs()) << run.strategy;
    for (size_t i = 0; i < run.seeds.size() && !wide; ++i) {
      EXPECT_GT(worse->seeds[i].simulation.mean.total_ms(),
                run.seeds[i].simulation.mean.total_ms())
          << run.strategy << ", seed " << run.seeds[i].seed;
    }
    worse = &run;
  }
  EXPECT_GT(runs.front().MeanParts().propagation_ms,
            5 * worse->MeanParts().propagation_ms);
}

TEST(Simulation, ReproducesAnIndependentSimulationOfThePaper) {
  for (bool wide : {false, true}) {
    ConstellationSpec spec =
        Open(wide ? "spacemoe-paper-360" : "spacemoe-paper").spec();
    spec.links.processing_ms = 0;
    const Constellation sky = *Constellation::Create(spec);
    const Experiment experiment = PaperExperiment(sky, 3);
    std::vector<StrategyRun> runs;
    for (const Published& row : kPropagation) {
      const auto run = RunStrategy(row.strategy, experiment);
      ASSERT_TRUE(run.ok()) << run.status();
      const double expected =
          1e3 * (wide ? row.propagation_360_s : row.propagation_180_s);
      EXPECT_NEAR(run->MeanParts().propagation_ms, expected, 0.06 * expected)
          << row.strategy << (wide ? " 360" : " 180");
      EXPECT_NEAR(run->MeanParts().compute_ms, 774, 5) << row.strategy;
      runs.push_back(*run);
    }
    ExpectThePapersOrder(runs, wide);
  }
}

TEST(Simulation, DrawnTokensAgreeWithTheExpectation) {
  const Constellation sky = Open("spacemoe-paper");
  Experiment experiment = PaperExperiment(sky, 1);
  experiment.simulation.tokens_per_slot = 500;
  for (const char* strategy : {"spacemoe", "compact"}) {
    const auto run = RunStrategy(strategy, experiment);
    ASSERT_TRUE(run.ok()) << run.status();
    const std::vector<double> tokens = run->SortedTokens();
    const double error = StandardDeviation(tokens) / std::sqrt(tokens.size());
    EXPECT_NEAR(MeanOf(tokens), run->MeanMs(), 5 * error + 1e-6) << strategy;
    EXPECT_LE(Percentile(tokens, 0.5), Percentile(tokens, 0.95));
  }
}

TEST(Simulation, SaysWhyThereIsNoPlan) {
  const Constellation sky = Open("tiny");
  Experiment experiment = PaperExperiment(sky, 2);
  const auto run = RunStrategy("spacemoe", experiment);
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_NE(run->infeasible.find("needs at least 32 satellites"),
            std::string::npos);
  EXPECT_TRUE(run->seeds.empty());
}

TEST(Simulation, SaysThatNoSlotConnectsAStrategysPlan) {
  const Constellation sky = Open("spacemoe-paper");
  Experiment experiment = PaperExperiment(sky, 2);
  experiment.solve.slots = 3;
  experiment.solve.topology.survival = 1e-9;
  const auto run = RunStrategy("spacemoe", experiment);
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_NE(run->infeasible.find("in none of the 3 slots"), std::string::npos);
}

TEST(Statistics, AreThoseOfTheTextbook) {
  EXPECT_DOUBLE_EQ(StandardDeviation({1, 2, 3, 4}), std::sqrt(5.0 / 3));
  EXPECT_NEAR(ConfidenceHalfWidth({1, 2, 3, 4}), 3.182 * std::sqrt(5.0 / 3) / 2,
              1e-9);
  EXPECT_EQ(ConfidenceHalfWidth({7}), 0);
  std::vector<double> hundred;
  for (int i = 1; i <= 100; ++i) hundred.push_back(i);
  EXPECT_EQ(Percentile(hundred, 0.5), 50);
  EXPECT_EQ(Percentile(hundred, 0.95), 95);
  EXPECT_EQ(Percentile(hundred, 0.99), 99);
  EXPECT_EQ(Percentile({3}, 0.99), 3);
}

}  // namespace
}  // namespace spacemoe
