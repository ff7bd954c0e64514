// The compact strategy and what it is made of.
#include <algorithm>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "placement/closed_walks.h"
#include "placement/cost.h"
#include "placement/link_delays.h"
#include "placement/model_dimensions.h"
#include "placement/path_latency.h"
#include "placement/strategy.h"
#include "placement/synthetic_profile.h"
#include "tests/placement/shells.h"

namespace spacemoe {
namespace {

PlacementProblem PaperProblem(int layers) {
  PlacementProblem problem;
  problem.model = *ShapeOfDimensions({.layers = layers});
  const auto profile = MakeSyntheticProfile({.layers = layers});
  problem.activation = profile->activation;
  problem.coactivation = profile->coactivation;
  return problem;
}

Constellation PaperSky(const char* name) {
  ConstellationSpec spec = Open(name).spec();
  spec.links.processing_ms = 0;
  return *Constellation::Create(spec);
}

SolveOptions PaperOptions(const Constellation& sky, double flops) {
  SolveOptions options{
      .horizon_s = sky.period_s(), .slots = 20, .satellite_flops = flops};
  options.topology.survival = 0.95;
  return options;
}

struct Solved {
  Prediction prediction;
  double bound_ms = 0;
};

Solved Evaluated(const char* strategy, const Constellation& sky,
                 SolveOptions options, int layers = 32) {
  options.experts_per_satellite = DefaultExpertsPerSatellite(strategy);
  const PlacementProblem problem = PaperProblem(layers);
  const auto result = Solve(strategy, problem, sky, options);
  EXPECT_TRUE(result.ok() && result->feasible()) << result.status();
  const auto prediction = Predict(problem, result->placement, sky, options);
  EXPECT_TRUE(prediction.ok()) << prediction.status();
  return {*prediction, result->lower_bound_ms.value_or(0)};
}

TEST(Compact, TakesAThirdOfThePapersPropagationAndComesNearTheBound) {
  const Constellation sky = PaperSky("spacemoe-paper");
  const SolveOptions options = PaperOptions(sky, 7.28e9);
  const Solved paper = Evaluated("spacemoe", sky, options);
  const Solved compact = Evaluated("compact", sky, options);
  EXPECT_LT(3 * compact.prediction.total.propagation_ms,
            paper.prediction.total.propagation_ms);
  EXPECT_GE(compact.prediction.total.total_ms(), compact.bound_ms);
  EXPECT_LT(compact.prediction.total.total_ms(), 1.15 * compact.bound_ms);
}

TEST(Compact, BeatsThePaperAtAnySpeedWithAndWithoutAPolarCut) {
  const Constellation sky = PaperSky("spacemoe-paper");
  for (double cut : {90.0, 70.0}) {
    for (double flops : {1e9, 1e10, 1e11, 1e12, 1e13, 1e15}) {
      SolveOptions options = PaperOptions(sky, flops);
      options.slots = 8;
      options.topology.polar_cut_deg = cut;
      EXPECT_LT(Evaluated("compact", sky, options).prediction.total.total_ms(),
                Evaluated("spacemoe", sky, options).prediction.total.total_ms())
          << cut << " " << flops;
    }
  }
}

// Rings of the paper have no more layers than a plane has satellites.
TEST(Compact, BeatsThePaperOnOtherShells) {
  for (const char* name : {"starlink-s1", "telesat"}) {
    const Constellation sky = PaperSky(name);
    for (double cut : {90.0, 70.0}) {
      for (double flops : {1e9, 7.28e9, 1e12, 1e15}) {
        SolveOptions options = PaperOptions(sky, flops);
        options.slots = 6;
        options.topology.polar_cut_deg = cut;
        const Solved compact = Evaluated("compact", sky, options, 12);
        const double paper_ms =
            Evaluated("spacemoe", sky, options, 12).prediction.total.total_ms();
        EXPECT_LT(compact.prediction.total.total_ms(), paper_ms)
            << name << " " << cut << " " << flops;
        EXPECT_GE(compact.prediction.total.total_ms(), compact.bound_ms);
      }
    }
  }
}

TEST(Compact, MixedGatewaysAndCopiesHelp) {
  const Constellation sky = PaperSky("spacemoe-paper");
  SolveOptions options = PaperOptions(sky, 7.28e9);
  options.slots = 8;
  const double plain =
      Evaluated("compact", sky, options).prediction.total.total_ms();
  options.mixed_gateways = true;
  const double mixed =
      Evaluated("compact", sky, options).prediction.total.total_ms();
  options.max_copies = 2;
  const Solved copied = Evaluated("compact", sky, options);
  EXPECT_LT(mixed, plain);
  EXPECT_LT(copied.prediction.total.total_ms(), mixed);
  EXPECT_GE(copied.prediction.total.total_ms(), copied.bound_ms);
}

TEST(ClosedWalks, AreClosedWalks) {
  const Constellation sky = Open("spacemoe-paper");
  int shapes = 0;
  for (int satellites : {3, 4, 30, 32, 64, 96}) {
    for (const WalkShape& shape : ClosedWalks(satellites, 33, 32)) {
      const std::vector<int> walk = PlaceWalk(sky, shape, 0, 5);
      ASSERT_EQ(walk.size(), shape.size());
      EXPECT_GE(walk.size(), satellites);
      EXPECT_EQ(std::set<int>(walk.begin(), walk.end()).size(), walk.size());
      for (size_t i = 0; i < walk.size(); ++i) {
        const auto next = sky.Neighbours(walk[i]);
        EXPECT_NE(
            std::find(next.begin(), next.end(), walk[(i + 1) % walk.size()]),
            next.end());
      }
      ++shapes;
    }
  }
  EXPECT_GT(shapes, 60);
}

TEST(ClosedWalks, CrossTheSeamWhereThePlanesClose) {
  const Constellation sky = Open("starlink-s1");
  const WalkShape shape = ClosedWalks(8, 72, 22)[0];
  const std::vector<int> walk = PlaceWalk(sky, shape, 71, 20);
  for (size_t i = 0; i < walk.size(); ++i) {
    const auto next = sky.Neighbours(walk[i]);
    EXPECT_NE(std::find(next.begin(), next.end(), walk[(i + 1) % walk.size()]),
              next.end());
  }
  EXPECT_TRUE(PlaceWalk(Open("spacemoe-paper"), shape, 32, 0).empty());
}

TEST(LinkDelays, AreTheLinksOwnWhereNothingIsCut) {
  const Constellation sky = Open("tiny");
  const LinkDelays delays = MeasureLinks(sky, {});
  const double hop = 0.3 + sky.DistanceKm(0, 1, 0) / kLightSpeedKmPerS * 1e3;
  for (double ms : delays.mean_ms) EXPECT_NEAR(ms, hop, 1e-9);
  EXPECT_NEAR(delays.smallest_mean_ms, hop, 1e-9);
}

TEST(NearestSites, EqualTheFullRanking) {
  const Constellation sky = Open("spacemoe-paper");
  SolveOptions options{.horizon_s = 5000, .slots = 5};
  const ModelShape model = UniformProblem(4, 8, 2).model;
  for (double survival : {1.0, 0.8}) {
    options.topology.survival = survival;
    const int gateway = sky.Id(16, 3), successor = sky.Id(16, 9);
    const auto delays = MeanDelaysFrom(sky, {gateway, successor}, options);
    const std::vector<double> latency =
        PathLatencyMs(sky, delays[0], delays[1], model);
    std::vector<int> all(sky.satellite_count());
    for (int id = 0; id < sky.satellite_count(); ++id) all[id] = id;
    const std::vector<int> nearest =
        NearestSites(sky, gateway, successor, all, 12, model, options);
    std::stable_sort(all.begin(), all.end(),
                     [&](int a, int b) { return latency[a] < latency[b]; });
    all.resize(12);
    EXPECT_EQ(nearest, all);
  }
}

}  // namespace
}  // namespace spacemoe
