#include "placement/joint_law.h"

#include <vector>

#include "gtest/gtest.h"
#include "placement/synthetic_profile.h"
#include "tests/placement/shells.h"
#include "tests/placement/status_check.h"

namespace spacemoe {
namespace {

using Pairs = std::vector<std::vector<double>>;

Pairs PairsOf(const SelectionLaw& law, int experts) {
  Pairs pairs(experts, std::vector<double>(experts, 0.0));
  for (const ExpertSet& set : law.sets) {
    for (int e : set.experts) {
      for (int f : set.experts) pairs[e][f] += set.probability;
    }
  }
  return pairs;
}

PlacementProblem CoupledProblem(int experts, int top_k) {
  PlacementProblem problem = UniformProblem(2, experts, top_k);
  const auto profile = MakeSyntheticProfile({.layers = 2,
                                             .experts = experts,
                                             .top_k = top_k,
                                             .skew = 0.5,
                                             .coupling = 0.7});
  EXPECT_TRUE(profile.ok()) << profile.status();
  problem.activation = profile->activation;
  problem.coactivation = profile->coactivation;
  return problem;
}

TEST(JointLaw, HasTheGivenPairs) {
  for (int top_k : {2, 3, 4}) {
    const PlacementProblem problem = CoupledProblem(8, top_k);
    ASSERT_TRUE(ValidateProblem(problem).ok()) << ValidateProblem(problem);
    const Pairs found = PairsOf(LayerLaw(problem, 1, 0), 8);
    for (int e = 0; e < 8; ++e) {
      for (int f = 0; f < 8; ++f) {
        EXPECT_NEAR(found[e][f], problem.coactivation[1][e][f], 1e-4);
      }
    }
  }
}

TEST(JointLaw, IsConditionalPoissonWithoutPairs) {
  PlacementProblem problem = CoupledProblem(6, 2);
  problem.coactivation.clear();
  const SelectionLaw law = LayerLaw(problem, 0, 0);
  const SelectionLaw expected = SelectedSets(problem.activation[0], 2, 0);
  ASSERT_EQ(law.sets.size(), expected.sets.size());
  for (size_t i = 0; i < law.sets.size(); ++i) {
    EXPECT_EQ(law.sets[i].probability, expected.sets[i].probability);
  }
}

TEST(JointLaw, RefusesPairsThatContradictTheMarginals) {
  PlacementProblem problem = CoupledProblem(4, 2);
  problem.coactivation[1][0][1] += 0.1;
  EXPECT_FALSE(ValidateProblem(problem).ok());
  problem = CoupledProblem(4, 2);
  problem.coactivation[1][2][2] = 0;
  ExpectInvalid(ValidateProblem(problem), "its marginal");
  problem.coactivation.pop_back();
  ExpectInvalid(ValidateProblem(problem), "co-activation for 1 layers");
}

}  // namespace
}  // namespace spacemoe
