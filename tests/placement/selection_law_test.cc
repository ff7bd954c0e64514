#include "placement/selection_law.h"

#include <cmath>
#include <numeric>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;

std::vector<double> Marginals(const SelectionLaw& law, size_t experts) {
  std::vector<double> p(experts, 0.0);
  for (const ExpertSet& set : law.sets) {
    for (int expert : set.experts) p[expert] += set.probability;
  }
  return p;
}

void ExpectMarginals(const std::vector<double>& p, int top_k,
                     double tolerance) {
  const SelectionLaw law = SelectedSets(p, top_k, 1);
  const std::vector<double> found = Marginals(law, p.size());
  double sum = 0;
  for (size_t e = 0; e < p.size(); ++e) {
    EXPECT_NEAR(found[e], p[e], tolerance);
  }
  for (const ExpertSet& set : law.sets) {
    EXPECT_EQ(static_cast<int>(set.experts.size()), top_k);
    sum += set.probability;
  }
  EXPECT_NEAR(sum, 1, 1e-9);
}

TEST(SelectionLaw, UniformIsUniformOverSets) {
  const SelectionLaw law = SelectedSets({0.5, 0.5, 0.5, 0.5}, 2, 0);
  ASSERT_EQ(law.sets.size(), 6u);
  EXPECT_FALSE(law.sampled);
  for (const ExpertSet& set : law.sets) {
    EXPECT_NEAR(set.probability, 1.0 / 6, 1e-12);
  }
  EXPECT_THAT(law.sets[0].experts, ElementsAre(0, 1));
}

TEST(SelectionLaw, OfOneExpertIsItsProbability) {
  const SelectionLaw law = SelectedSets({0.7, 0.2, 0.1}, 1, 0);
  ASSERT_EQ(law.sets.size(), 3u);
  EXPECT_NEAR(law.sets[0].probability, 0.7, 1e-9);
  EXPECT_NEAR(law.sets[2].probability, 0.1, 1e-9);
}

TEST(SelectionLaw, HasTheGivenMarginals) {
  ExpectMarginals({0.9, 0.5, 0.3, 0.3}, 2, 1e-6);
  ExpectMarginals({0.385, 0.33, 0.3, 0.28, 0.22, 0.19, 0.148, 0.147}, 2, 1e-9);
  ExpectMarginals({0.999, 0.9, 0.05, 0.03, 0.02, 0.001}, 2, 5e-5);
}

TEST(SelectionLaw, HandlesCertainAndImpossibleExperts) {
  ExpectMarginals({1, 0, 0.25, 0.75}, 2, 1e-9);
  ExpectMarginals({1, 1, 0, 0}, 2, 1e-9);
  const SelectionLaw law = SelectedSets({1, 1, 0, 0}, 2, 0);
  ASSERT_EQ(law.sets.size(), 1u);
  EXPECT_THAT(law.sets[0].experts, ElementsAre(0, 1));
  ExpectMarginals({1, 1, 1}, 3, 1e-9);
}

// w = (a, 1, 1): p_1 = 2 a / (2 a + 1) = 0.8 gives a = 2.
TEST(SelectionLaw, FindsWeightsSolvableByHand) {
  const std::vector<double> weights =
      ConditionalPoissonWeights({0.8, 0.6, 0.6});
  EXPECT_NEAR(weights[0] / weights[1], 2, 1e-9);
  EXPECT_NEAR(weights[1], weights[2], 1e-12);
}

TEST(SelectionLaw, SamplesWhereSetsAreTooMany) {
  std::vector<double> p(64);
  for (size_t e = 0; e < p.size(); ++e) p[e] = 1.0 + 3.0 * (e % 4);
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  for (double& value : p) value *= 6 / sum;
  EXPECT_TRUE(SelectedSets(p, 6, 1).sampled);
  ExpectMarginals(p, 6, 0.03);
  EXPECT_EQ(SelectedSets(p, 6, 1).sets[0].experts,
            SelectedSets(p, 6, 1).sets[0].experts);
}

TEST(SelectionLaw, StaysFiniteForManyExperts) {
  std::vector<double> p(512, 8.0 / 512);
  ExpectMarginals(p, 8, 0.02);
  p.assign(512, 0.5);
  ExpectMarginals(p, 256, 0.05);
}

// Sums that are right only within the tolerance for probabilities.
TEST(SelectionLaw, ToleratesRoundedProbabilities) {
  ExpectMarginals({0.3333, 0.3333, 0.3333}, 1, 1e-3);
  ExpectMarginals({1.0005, 0.5, 0.4995}, 2, 2e-3);
}

}  // namespace
}  // namespace spacemoe
