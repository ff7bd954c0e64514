// The lower bound of expert_search.h.
#include <algorithm>

#include "placement/expert_search.h"
#include "placement/linear_assignment.h"

namespace spacemoe {
namespace {

using Matrix = std::vector<std::vector<double>>;

// Weights of more entries than this stay as they began.
constexpr int64_t kMaxWeights = 20'000'000;

// The weights lambda [states][sets][experts of the set + residual], the
// residual's being what the others leave of 1.
class Weights {
 public:
  Weights(const LayerTable& table, const SelectionLaw& law)
      : table_(table), law_(law) {
    for (const ExpertSet& set : law.sets) {
      first_.push_back(stride_);
      stride_ += static_cast<int>(set.experts.size());
    }
    if (int64_t{stride_} * table.states > kMaxWeights) return;
    lambda_.resize(static_cast<size_t>(stride_) * table.states);
    for (int state = 0; state < table.states; ++state) {
      for (size_t i = 0; i < law.sets.size(); ++i) {
        const size_t size = law.sets[i].experts.size();
        for (size_t k = 0; k < size; ++k) At(state, i, k) = 1.0 / size;
      }
    }
  }

  bool fixed() const { return lambda_.empty(); }

  double Get(int state, size_t set, size_t k) const {
    if (fixed())
      return 1.0 / static_cast<double>(law_.sets[set].experts.size());
    return lambda_[static_cast<size_t>(state) * stride_ + first_[set] + k];
  }

  // Towards the largest latency under the mean placement x [experts][sites].
  void Step(const Matrix& x, double step) {
    Matrix mean(x.size(), std::vector<double>(table_.states, 0.0));
    for (size_t e = 0; e < x.size(); ++e) {
      for (int state = 0; state < table_.states; ++state) {
        for (int site = 0; site < table_.site_count(); ++site) {
          if (x[e][site] == 0) continue;
          mean[e][state] += x[e][site] * table_.Latency(state, site, 1);
        }
      }
    }
    for (int state = 0; state < table_.states; ++state) {
      for (size_t i = 0; i < law_.sets.size(); ++i) {
        StepSet(state, i, mean, step);
      }
    }
  }

 private:
  double& At(int state, size_t set, size_t k) {
    return lambda_[static_cast<size_t>(state) * stride_ + first_[set] + k];
  }

  void StepSet(int state, size_t set, const Matrix& mean, double step) {
    const std::vector<int>& experts = law_.sets[set].experts;
    double largest = table_.residual_ms[state];
    int at = -1;
    for (size_t k = 0; k < experts.size(); ++k) {
      if (mean[experts[k]][state] <= largest) continue;
      largest = mean[experts[k]][state];
      at = static_cast<int>(k);
    }
    for (size_t k = 0; k < experts.size(); ++k) {
      double& lambda = At(state, set, k);
      lambda += step * ((static_cast<int>(k) == at ? 1.0 : 0.0) - lambda);
    }
  }

  const LayerTable& table_;
  const SelectionLaw& law_;
  int stride_ = 0;
  std::vector<int> first_;  // [sets]
  std::vector<double> lambda_;
};

// Costs of the weighted sum, [experts][sites], and what the residual adds.
struct WeightedSum {
  Matrix costs;
  double constant = 0;
};

WeightedSum SumOf(const LayerTable& table, const SelectionLaw& law,
                  const Weights& weights, int experts) {
  WeightedSum sum;
  sum.costs.assign(experts, std::vector<double>(table.site_count(), 0.0));
  std::vector<double> share(experts);
  for (int state = 0; state < table.states; ++state) {
    std::fill(share.begin(), share.end(), 0.0);
    double rest = 0;
    for (size_t i = 0; i < law.sets.size(); ++i) {
      const ExpertSet& set = law.sets[i];
      double left = 1;
      for (size_t k = 0; k < set.experts.size(); ++k) {
        const double lambda = weights.Get(state, i, k);
        share[set.experts[k]] += set.probability * lambda / table.states;
        left -= lambda;
      }
      rest += set.probability * std::max(0.0, left) / table.states;
    }
    sum.constant += rest * table.residual_ms[state];
    for (int e = 0; e < experts; ++e) {
      for (int site = 0; site < table.site_count(); ++site) {
        sum.costs[e][site] += share[e] * table.Latency(state, site, 1);
      }
    }
  }
  return sum;
}

// Each site as often as it may hold experts.
std::vector<int> Columns(const std::vector<int>& capacity, int experts) {
  std::vector<int> columns;
  for (size_t site = 0; site < capacity.size(); ++site) {
    columns.insert(columns.end(), std::clamp(capacity[site], 0, experts),
                   static_cast<int>(site));
  }
  return columns;
}

LinearAssignment Cheapest(const Matrix& costs,
                          const std::vector<int>& columns) {
  Matrix wide(costs.size());
  for (size_t e = 0; e < costs.size(); ++e) {
    for (int site : columns) wide[e].push_back(costs[e][site]);
  }
  LinearAssignment result = AssignRows(wide);
  for (int& column : result.column_of) column = columns[column];
  return result;
}

}  // namespace

double ExpectedMaxBound(const LayerTable& table, const SelectionLaw& law,
                        const std::vector<int>& capacity, int experts,
                        int rounds) {
  const std::vector<int> columns = Columns(capacity, experts);
  if (experts == 0 || static_cast<int>(columns.size()) < experts) return 0;
  Weights weights(table, law);
  Matrix mean(experts, std::vector<double>(table.site_count(), 0.0));
  double best = 0;
  for (int round = 0; round < (weights.fixed() ? 1 : rounds); ++round) {
    const WeightedSum sum = SumOf(table, law, weights, experts);
    const LinearAssignment cheapest = Cheapest(sum.costs, columns);
    best = std::max(best, cheapest.cost + sum.constant);
    for (int e = 0; e < experts; ++e) {
      for (double& x : mean[e]) x *= round / (round + 1.0);
      mean[e][cheapest.column_of[e]] += 1.0 / (round + 1.0);
    }
    if (!weights.fixed()) weights.Step(mean, 1.0 / (round + 2.0));
  }
  return best;
}

}  // namespace spacemoe
