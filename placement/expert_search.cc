#include "placement/expert_search.h"

#include <algorithm>
#include <utility>

namespace spacemoe {
namespace {

constexpr double kGain = 1e-9;  // milliseconds that count as an improvement

// A placement of one layer's experts under improvement: the value of each set
// is kept, so that a change costs only the sets that it touches.
class Descent {
 public:
  Descent(const LayerTable& table, const SelectionLaw& law,
          const SearchLimits& limits, ExpertSites start)
      : table_(table),
        law_(law),
        limits_(limits),
        objective_(table, law),
        experts_(std::move(start)),
        sets_of_(experts_.size()),
        load_(table.site_count(), 0) {
    for (size_t i = 0; i < law.sets.size(); ++i) {
      for (int expert : law.sets[i].experts) {
        sets_of_[expert].push_back(static_cast<int>(i));
      }
      values_.push_back(objective_.OfSet(law.sets[i].experts, experts_));
    }
    for (const auto& sites : experts_) {
      for (int site : sites) ++load_[site];
    }
  }

  void Run() {
    while (MovePass() | ExchangePass()) {
    }
    while (limits_.max_copies > 1 && CopyPass()) {
    }
  }

  ExpertSites TakeExperts() { return std::move(experts_); }

 private:
  int count() const { return static_cast<int>(experts_.size()); }
  bool HasRoom(int site) const { return load_[site] < limits_.capacity[site]; }

  bool MovePass() {
    bool improved = false;
    for (int e = 0; e < count(); ++e) {
      for (int site = 0; site < table_.site_count(); ++site) {
        const int from = experts_[e][0];
        if (site == from || !HasRoom(site) || spent_ >= limits_.budget) {
          continue;
        }
        if (!Try({e}, {{site}})) continue;
        --load_[from];
        ++load_[site];
        improved = true;
      }
    }
    return improved;
  }

  bool ExchangePass() {
    bool improved = false;
    for (int e = 0; e < count(); ++e) {
      for (int f = e + 1; f < count(); ++f) {
        if (experts_[e] == experts_[f] || spent_ >= limits_.budget) continue;
        improved |= Try({e, f}, {experts_[f], experts_[e]});
      }
    }
    return improved;
  }

  bool CopyPass() {
    bool improved = false;
    for (int e = 0; e < count(); ++e) {
      for (int site = 0; site < table_.site_count(); ++site) {
        const std::vector<int>& now = experts_[e];
        const bool full = static_cast<int>(now.size()) >= limits_.max_copies ||
                          spent_ >= limits_.budget;
        if (full || !HasRoom(site) ||
            std::find(now.begin(), now.end(), site) != now.end()) {
          continue;
        }
        std::vector<int> more = now;
        more.push_back(site);
        if (!Try({e}, {more})) continue;
        ++load_[site];
        improved = true;
      }
    }
    return improved;
  }

  // Gives the experts these sites if that lowers the value.
  bool Try(const std::vector<int>& changed,
           std::vector<std::vector<int>> sites) {
    Exchange(changed, &sites);
    trial_.clear();
    double gain = 0;
    for (int expert : changed) {
      for (int set : sets_of_[expert]) {
        if (expert != changed[0] && Holds(set, changed[0])) continue;
        const double value = objective_.OfSet(law_.sets[set].experts, experts_);
        gain += law_.sets[set].probability * (values_[set] - value);
        trial_.emplace_back(set, value);
      }
    }
    spent_ += static_cast<int64_t>(trial_.size()) * table_.states;
    if (gain > kGain) {
      for (const auto& [set, value] : trial_) values_[set] = value;
      return true;
    }
    Exchange(changed, &sites);
    return false;
  }

  void Exchange(const std::vector<int>& changed,
                std::vector<std::vector<int>>* sites) {
    for (size_t i = 0; i < changed.size(); ++i) {
      std::swap(experts_[changed[i]], (*sites)[i]);
    }
  }

  bool Holds(int set, int expert) const {
    const std::vector<int>& experts = law_.sets[set].experts;
    return std::find(experts.begin(), experts.end(), expert) != experts.end();
  }

  const LayerTable& table_;
  const SelectionLaw& law_;
  const SearchLimits& limits_;
  ExpectedMax objective_;
  ExpertSites experts_;
  std::vector<std::vector<int>> sets_of_;  // [experts]
  std::vector<int> load_;                  // [sites]
  std::vector<double> values_;             // [sets]
  std::vector<std::pair<int, double>> trial_;
  int64_t spent_ = 0;
};

}  // namespace

ExpectedMax::ExpectedMax(const LayerTable& table, const SelectionLaw& law)
    : table_(table), law_(law), load_(table.site_count(), 0) {}

// A set's loads are the same in every state where no expert has copies.
double ExpectedMax::OfFixedSet(const std::vector<int>& set,
                               const ExpertSites& experts) {
  loads_.clear();
  for (int expert : set) {
    const int site = experts[expert].front();
    const auto same =
        std::find_if(loads_.begin(), loads_.end(),
                     [site](const auto& load) { return load.first == site; });
    if (same == loads_.end()) {
      loads_.emplace_back(site, 1);
    } else {
      ++same->second;
    }
  }
  double sum = 0;
  for (int state = 0; state < table_.states; ++state) {
    double slowest = table_.residual_ms[state];
    for (const auto& [site, load] : loads_) {
      slowest = std::max(slowest, table_.Latency(state, site, load));
    }
    sum += slowest;
  }
  return sum / table_.states;
}

double ExpectedMax::OfCopiedState(int state, const std::vector<int>& set,
                                  const ExpertSites& experts) {
  copies_.clear();
  for (int expert : set) copies_.push_back(&experts[expert]);
  const auto latency = [&](int site, int load) {
    return table_.Latency(state, site, load);
  };
  const std::vector<int>& chosen =
      choice_.Choose(copies_, table_.site_count(), latency);
  double slowest = table_.residual_ms[state];
  for (int site : chosen) ++load_[site];
  for (int site : chosen) {
    if (load_[site] == 0) continue;
    slowest = std::max(slowest, latency(site, load_[site]));
    load_[site] = 0;
  }
  return slowest;
}

double ExpectedMax::OfSet(const std::vector<int>& set,
                          const ExpertSites& experts) {
  const bool copied = std::any_of(set.begin(), set.end(), [&](int expert) {
    return experts[expert].size() > 1;
  });
  if (!copied) return OfFixedSet(set, experts);
  double sum = 0;
  for (int state = 0; state < table_.states; ++state) {
    sum += OfCopiedState(state, set, experts);
  }
  return sum / table_.states;
}

double ExpectedMax::Of(const ExpertSites& experts) {
  double sum = 0;
  for (const ExpertSet& set : law_.sets) {
    sum += set.probability * OfSet(set.experts, experts);
  }
  return sum;
}

ExpertSites ImproveExperts(const LayerTable& table, const SelectionLaw& law,
                           const SearchLimits& limits, ExpertSites start) {
  Descent descent(table, law, limits, std::move(start));
  descent.Run();
  return descent.TakeExperts();
}

}  // namespace spacemoe
