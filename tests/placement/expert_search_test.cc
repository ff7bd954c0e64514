#include "placement/expert_search.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include "gtest/gtest.h"
#include "placement/counter_rng.h"
#include "placement/linear_assignment.h"
#include "placement/role_layout.h"

namespace spacemoe {
namespace {

// [states][sites] latencies, each with one expert's.
LayerTable TableOf(const std::vector<std::vector<double>>& latency,
                   double per_expert = 0) {
  LayerTable table;
  table.states = static_cast<int>(latency.size());
  table.sites.resize(latency[0].size());
  std::iota(table.sites.begin(), table.sites.end(), 0);
  for (const auto& state : latency) {
    for (double ms : state) {
      table.path_ms.push_back(ms - per_expert);
      table.per_expert_ms.push_back(per_expert);
    }
    table.residual_ms.push_back(0);
  }
  return table;
}

ExpertSites At(const std::vector<int>& sites) {
  ExpertSites experts;
  for (int site : sites) experts.push_back({site});
  return experts;
}

// Experts by descending probability on the sites in their order.
ExpertSites SortMatch(const std::vector<double>& activation) {
  ExpertSites experts(activation.size());
  const std::vector<int> order = ByActivation(activation);
  for (size_t rank = 0; rank < order.size(); ++rank) {
    experts[order[rank]] = {static_cast<int>(rank)};
  }
  return experts;
}

std::vector<double> Marginals(const SelectionLaw& law, int experts) {
  std::vector<double> p(experts, 0.0);
  for (const ExpertSet& set : law.sets) {
    for (int e : set.experts) p[e] += set.probability;
  }
  return p;
}

// Over all injections of experts into sites.
double BruteForce(const LayerTable& table, const SelectionLaw& law,
                  int experts) {
  ExpectedMax objective(table, law);
  std::vector<int> sites(table.site_count());
  std::iota(sites.begin(), sites.end(), 0);
  double best = std::numeric_limits<double>::infinity();
  do {
    best = std::min(best,
                    objective.Of(At({sites.begin(), sites.begin() + experts})));
  } while (std::next_permutation(sites.begin(), sites.end()));
  return best;
}

SelectionLaw RandomLaw(int experts, CounterRng* rng) {
  SelectionLaw law;
  double sum = 0;
  for (int e = 0; e < experts; ++e) {
    for (int f = 0; f < e; ++f) {
      law.sets.push_back({rng->Uniform() + 1e-3, {f, e}});
      sum += law.sets.back().probability;
    }
  }
  for (ExpertSet& set : law.sets) set.probability /= sum;
  return law;
}

LayerTable RandomTable(int states, int sites, CounterRng* rng) {
  std::vector<std::vector<double>> latency(states);
  for (auto& state : latency) {
    for (int i = 0; i < sites; ++i) state.push_back(10 * rng->Uniform());
  }
  return TableOf(latency);
}

SearchLimits OneEach(const LayerTable& table) {
  return {.capacity = std::vector<int>(table.site_count(), 1)};
}

// Correlated activations: experts 2 and 4 belong together, though 4 and 1 are
// the busiest.
TEST(ExpertSearch, BeatsSortMatchWhereActivationsAreCorrelated) {
  const SelectionLaw law{
      .sets = {{.30, {0, 2}}, {.25, {0, 3}}, {.05, {1, 2}}, {.40, {1, 3}}}};
  const LayerTable table = TableOf({{0, 0, 1, 1}});
  ExpectedMax objective(table, law);
  const ExpertSites sorted = SortMatch(Marginals(law, 4));
  EXPECT_NEAR(objective.Of(sorted), 0.75, 1e-12);
  const auto optimal = OptimalExperts(table, law, 4);
  ASSERT_TRUE(optimal.has_value());
  EXPECT_NEAR(objective.Of(*optimal), 0.60, 1e-12);
  const ExpertSites found = ImproveExperts(table, law, OneEach(table), sorted);
  EXPECT_NEAR(objective.Of(found), 0.60, 1e-12);
}

// Correlated links: two sites that are slow together beat two whose means are
// smaller but which are slow in turn.
TEST(ExpertSearch, BeatsSortMatchWhereLinksAreCorrelated) {
  const SelectionLaw law{.sets = {{1.0, {0, 1}}}};
  const LayerTable table = TableOf({{10, 0, 11}, {0, 10.2, 0}});
  ExpectedMax objective(table, law);
  EXPECT_NEAR(objective.Of(At({0, 1})), 10.1, 1e-12);
  EXPECT_FALSE(OptimalExperts(table, law, 2).has_value());
  const ExpertSites found =
      ImproveExperts(table, law, OneEach(table), At({0, 1}));
  EXPECT_NEAR(objective.Of(found), 5.5, 1e-12);
}

TEST(ExpertSearch, SubsetProgramEqualsBruteForce) {
  CounterRng rng(1);
  for (int round = 0; round < 30; ++round) {
    std::vector<double> t;
    for (int i = 0; i < 7; ++i) t.push_back(10 * rng.Uniform());
    const LayerTable table = TableOf({t});
    const SelectionLaw law = RandomLaw(5, &rng);
    const auto optimal = OptimalExperts(table, law, 5);
    ASSERT_TRUE(optimal.has_value());
    EXPECT_NEAR(ExpectedMax(table, law).Of(*optimal), BruteForce(table, law, 5),
                1e-9);
  }
}

// Of conditional Poisson laws and equal sites in every state sort-match is
// optimal.
TEST(ExpertSearch, SortMatchIsOptimalForConditionalPoissonLaws) {
  CounterRng rng(2);
  for (int round = 0; round < 30; ++round) {
    std::vector<double> p(6);
    double sum = 0;
    for (double& x : p) sum += x = 0.1 + rng.Uniform();
    for (double& x : p) x *= 2 / sum;
    if (*std::max_element(p.begin(), p.end()) > 0.95) continue;
    const SelectionLaw law = SelectedSets(p, 2, 0);
    std::vector<double> t;
    for (int i = 0; i < 6; ++i) t.push_back(10 * rng.Uniform());
    std::sort(t.begin(), t.end());
    const LayerTable table = TableOf({t});
    ExpectedMax objective(table, law);
    EXPECT_NEAR(objective.Of(SortMatch(p)),
                objective.Of(*OptimalExperts(table, law, 6)), 1e-9);
  }
}

TEST(ExpertSearch, DescentIsNeverWorseAndTheBoundHolds) {
  CounterRng rng(3);
  double found_sum = 0, best_sum = 0, bound_sum = 0;
  for (int round = 0; round < 20; ++round) {
    const LayerTable table = RandomTable(6, 7, &rng);
    const SelectionLaw law = RandomLaw(5, &rng);
    ExpectedMax objective(table, law);
    const ExpertSites start = SortMatch(Marginals(law, 5));
    const double found =
        objective.Of(ImproveExperts(table, law, OneEach(table), start));
    const double best = BruteForce(table, law, 5);
    const double bound =
        ExpectedMaxBound(table, law, OneEach(table).capacity, 5);
    EXPECT_LE(found, objective.Of(start) + 1e-9);
    EXPECT_GE(found, best - 1e-9);
    EXPECT_LE(bound, best + 1e-9);
    found_sum += found, best_sum += best, bound_sum += bound;
  }
  EXPECT_LT(found_sum, 1.03 * best_sum);
  EXPECT_GT(bound_sum, 0.75 * best_sum);
}

TEST(ExpertSearch, SharesASatelliteUntilTheWaitCostsMore) {
  const SelectionLaw law{.sets = {{1.0, {0, 1}}}};
  for (double wait : {1.0, 5.0}) {
    const LayerTable table = TableOf({{wait, 3 + wait}}, wait);
    const SearchLimits limits{.capacity = {2, 2}};
    const ExpertSites found = ImproveExperts(table, law, limits, At({0, 1}));
    EXPECT_EQ(found[0] == found[1], wait < 3);
  }
}

TEST(ExpertSearch, CopiesLetExpertsRunSideBySide) {
  const SelectionLaw law{.sets = {{0.4, {0, 1}}, {0.3, {0, 2}}, {0.3, {1, 2}}}};
  const LayerTable table = TableOf({{5, 5}}, 5);
  SearchLimits limits{.capacity = {3, 3}};
  ExpectedMax objective(table, law);
  const ExpertSites alone = ImproveExperts(table, law, limits, At({0, 1, 0}));
  EXPECT_NEAR(objective.Of(alone), 5 + 5 * 0.3, 1e-12);
  limits.max_copies = 2;
  const ExpertSites copied = ImproveExperts(table, law, limits, alone);
  EXPECT_NEAR(objective.Of(copied), 5, 1e-12);
}

TEST(LinearAssignment, EqualsBruteForce) {
  CounterRng rng(4);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::vector<double>> costs(4, std::vector<double>(6));
    for (auto& row : costs) {
      for (double& cost : row) cost = rng.Uniform();
    }
    std::vector<int> columns(6);
    std::iota(columns.begin(), columns.end(), 0);
    double best = 1e9;
    do {
      double sum = 0;
      for (int r = 0; r < 4; ++r) sum += costs[r][columns[r]];
      best = std::min(best, sum);
    } while (std::next_permutation(columns.begin(), columns.end()));
    const LinearAssignment found = AssignRows(costs);
    EXPECT_NEAR(found.cost, best, 1e-12);
  }
}

}  // namespace
}  // namespace spacemoe
