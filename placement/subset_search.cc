// The exact search of expert_search.h.
#include <algorithm>
#include <cstdint>
#include <numeric>

#include "placement/expert_search.h"

namespace spacemoe {
namespace {

constexpr int kMaxExperts = 20;

double LatencyAt(const LayerTable& table, int state, int site) {
  return std::max(table.residual_ms[state], table.Latency(state, site, 1));
}

// Sites by mean latency; ties by position.
std::vector<int> ByMean(const LayerTable& table) {
  std::vector<double> means;
  for (int site = 0; site < table.site_count(); ++site) {
    means.push_back(table.MeanMs(site));
  }
  std::vector<int> order(table.site_count());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return means[a] < means[b]; });
  return order;
}

// The first `experts` sites rank equally in every state, and no other site is
// ever nearer than the last of them.
bool RanksEqually(const LayerTable& table, const std::vector<int>& order,
                  int experts) {
  for (int state = 0; state < table.states; ++state) {
    for (int i = 0; i + 1 < experts; ++i) {
      if (LatencyAt(table, state, order[i]) >
          LatencyAt(table, state, order[i + 1])) {
        return false;
      }
    }
    const double last = LatencyAt(table, state, order[experts - 1]);
    for (size_t i = experts; i < order.size(); ++i) {
      if (LatencyAt(table, state, order[i]) < last) return false;
    }
  }
  return true;
}

// Mean latency gained between neighbours of the order, [experts]; the last is
// not used.
std::vector<double> MeanGaps(const LayerTable& table,
                             const std::vector<int>& order, int experts) {
  std::vector<double> gaps(experts, 0.0);
  for (int i = 0; i + 1 < experts; ++i) {
    for (int state = 0; state < table.states; ++state) {
      gaps[i] += (LatencyAt(table, state, order[i + 1]) -
                  LatencyAt(table, state, order[i])) /
                 table.states;
    }
  }
  return gaps;
}

// P(all selected experts are in the set), for every set: a sum over subsets.
std::vector<double> Containments(const SelectionLaw& law, int experts) {
  std::vector<double> q(size_t{1} << experts, 0.0);
  for (const ExpertSet& set : law.sets) {
    uint32_t bits = 0;
    for (int expert : set.experts) bits |= 1u << expert;
    q[bits] += set.probability;
  }
  for (int e = 0; e < experts; ++e) {
    for (size_t bits = 0; bits < q.size(); ++bits) {
      if (bits >> e & 1) q[bits] += q[bits ^ size_t{1} << e];
    }
  }
  return q;
}

// The chain {} = S_0, S_1, ..., S_E that maximises sum_j gap_j Q(S_j), as the
// expert that each step adds.
std::vector<int> BestChain(const std::vector<double>& q,
                           const std::vector<double>& gaps, int experts) {
  std::vector<double> value(q.size(), 0.0);
  std::vector<int8_t> added(q.size(), -1);
  for (size_t bits = 1; bits < q.size(); ++bits) {
    double best = -1;
    for (int e = 0; e < experts; ++e) {
      if (!(bits >> e & 1)) continue;
      const double before = value[bits ^ size_t{1} << e];
      if (before <= best) continue;
      best = before;
      added[bits] = static_cast<int8_t>(e);
    }
    const int size = __builtin_popcountll(bits);
    value[bits] = best + gaps[size - 1] * q[bits];
  }
  std::vector<int> chain(experts);
  size_t bits = q.size() - 1;
  for (int i = experts - 1; i >= 0; --i) {
    chain[i] = added[bits];
    bits ^= size_t{1} << chain[i];
  }
  return chain;
}

}  // namespace

std::optional<ExpertSites> OptimalExperts(const LayerTable& table,
                                          const SelectionLaw& law,
                                          int experts) {
  if (experts < 1 || experts > kMaxExperts || law.sampled ||
      table.site_count() < experts || table.states < 1) {
    return std::nullopt;
  }
  const std::vector<int> order = ByMean(table);
  if (!RanksEqually(table, order, experts)) return std::nullopt;
  const std::vector<int> chain = BestChain(
      Containments(law, experts), MeanGaps(table, order, experts), experts);
  ExpertSites sites(experts);
  for (int i = 0; i < experts; ++i) sites[chain[i]] = {order[i]};
  return sites;
}

}  // namespace spacemoe
