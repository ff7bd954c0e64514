#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "placement/compact_layout.h"
#include "placement/compact_rings.h"
#include "placement/compact_sites.h"
#include "placement/joint_law.h"
#include "placement/link_delays.h"
#include "placement/plan_value.h"
#include "placement/ring_sites.h"
#include "placement/role_layout.h"
#include "placement/strategies.h"
#include "placement/token_bound.h"

namespace spacemoe {
namespace {

// A first look at many candidates, in few slots and with a short descent, then
// a long one at the best few.
constexpr int kScreeningSlots = 8;
constexpr int64_t kScreeningBudget = 200'000;
constexpr int64_t kFinalBudget = 10'000'000;
constexpr size_t kFinalists = 3;

struct Candidate {
  std::vector<int> gateways;
  std::vector<std::vector<int>> sites;  // [layers]
  double layers_ms = 0;
};

class CompactSearch {
 public:
  CompactSearch(const PlacementProblem& problem,
                const Constellation& constellation, const SolveOptions& options)
      : problem_(problem),
        constellation_(constellation),
        options_(options),
        laws_(LayerLaws(problem, options.seed)),
        links_(MeasureLinks(constellation, options)) {
    screening_ = options;
    screening_.slots = std::min(options.slots, kScreeningSlots);
  }

  SolveResult Run() {
    if (auto reason = NoRoom()) return SolveResult::Infeasible(*reason);
    Screen();
    std::optional<Placement> best = BestFinalist();
    best = BetterWithPaper(std::move(best));
    if (!best.has_value()) return SolveResult::Infeasible(TooFew());
    SolveResult result = SolveResult::Feasible(*std::move(best));
    result.lower_bound_ms =
        TokenBoundMs(problem_.model, options_, links_.smallest_mean_ms);
    result.bound_kind = "any placement";
    return result;
  }

 private:
  int layers() const { return static_cast<int>(problem_.model.layers.size()); }

  std::optional<std::string> NoRoom() const {
    const ModelShape& model = problem_.model;
    const int64_t memory =
        options_.memory_bytes_per_satellite.value_or(INT64_MAX);
    for (int l = 0; l < layers(); ++l) {
      const int64_t gateway =
          model.layers[l].gateway.bytes + (l == 0 ? model.head.bytes : 0);
      if (gateway > memory) {
        return absl::StrCat("layer ", l, "'s gateway", l == 0 ? ", head" : "",
                            " needs ", gateway,
                            " bytes on one satellite, which has ", memory);
      }
      if (FewestSites(model, l, options_).has_value()) continue;
      return absl::StrCat("layer ", l, "'s experts fit nowhere: each needs ",
                          model.layers[l].expert.bytes,
                          " bytes on one satellite, which has ", memory);
    }
    return std::nullopt;
  }

  std::vector<int> Fewest() const {
    std::vector<int> needed;
    for (int l = 0; l < layers(); ++l) {
      needed.push_back(FewestSites(problem_.model, l, options_).value());
    }
    return needed;
  }

  std::string TooFew() const {
    int needed = layers();
    for (int sites : Fewest()) needed += sites;
    const int available = constellation_.satellite_count() -
                          static_cast<int>(options_.excluded.size());
    return absl::StrCat("the plan needs ", needed, " satellites, ",
                        constellation_.Label(), " has ", available,
                        " available");
  }

  // [layers] numbers of sites to try.
  std::vector<std::vector<int>> Quotas() const {
    const std::vector<int> fewest = Fewest();
    std::vector<std::vector<int>> quotas;
    for (int wanted : {0, 1, 2, 4, 1 << 20}) {
      std::vector<int> quota;
      for (int l = 0; l < layers(); ++l) {
        const int most = std::max(fewest[l], problem_.model.layers[l].experts);
        quota.push_back(std::clamp(wanted, fewest[l], most));
      }
      if (quotas.empty() || quotas.back() != quota) quotas.push_back(quota);
    }
    return quotas;
  }

  void Screen() {
    for (const CompactRing& ring :
         CompactRings(constellation_, links_, layers(), options_)) {
      ScreenRing(ring.gateways);
    }
    const RingSites subnets =
        AvailableSubnets(constellation_, layers(), options_);
    const bool in_all =
        std::none_of(subnets.begin(), subnets.end(),
                     [](const std::vector<int>& s) { return s.empty(); });
    if (in_all) {
      ScreenRing(CentralGateways(constellation_, subnets, options_));
    }
    ScreenChunks();
  }

  void ScreenRing(const std::vector<int>& gateways) {
    for (const std::vector<int>& quota : Quotas()) {
      Consider(gateways, ShareSites(constellation_, gateways, quota,
                                    problem_.model, screening_));
    }
  }

  void ScreenChunks() {
    std::vector<int> needed = Fewest();
    for (int& count : needed) ++count;
    std::vector<std::vector<int>> chunks =
        SerpentineChunks(constellation_, needed, options_);
    if (chunks.empty()) return;
    std::vector<int> gateways;
    for (std::vector<int>& chunk : chunks) {
      gateways.push_back(chunk.front());
      chunk.erase(chunk.begin());
    }
    Consider(std::move(gateways), std::move(chunks));
  }

  void Consider(std::vector<int> gateways,
                std::vector<std::vector<int>> sites) {
    const auto layout = LayOut(problem_, constellation_, screening_, laws_,
                               gateways, sites, kScreeningBudget);
    if (!layout.has_value()) return;
    candidates_.push_back(
        {std::move(gateways), std::move(sites), layout->layers_ms});
  }

  std::optional<Placement> BestFinalist() {
    std::stable_sort(candidates_.begin(), candidates_.end(),
                     [](const Candidate& a, const Candidate& b) {
                       return a.layers_ms < b.layers_ms;
                     });
    std::optional<CompactLayout> best;
    for (size_t i = 0; i < std::min(kFinalists, candidates_.size()); ++i) {
      auto layout =
          LayOut(problem_, constellation_, options_, laws_,
                 candidates_[i].gateways, candidates_[i].sites, kFinalBudget);
      if (!layout.has_value()) continue;
      if (!best.has_value() || layout->layers_ms < best->layers_ms) {
        best = std::move(layout);
      }
    }
    if (!best.has_value()) return std::nullopt;
    return std::move(best->placement);
  }

  // The paper's placement, where there is one, stays if it is better.
  std::optional<Placement> BetterWithPaper(std::optional<Placement> found) {
    SolveOptions one = options_;
    one.experts_per_satellite = 1;
    if (MemoryShortage(problem_.model, one).has_value()) return found;
    const RingStrategy paper("spacemoe", RingStrategy::Gateway::kCentral,
                             RingStrategy::Experts::kSortMatch);
    auto other = paper.Solve(problem_, constellation_, one);
    if (!other.ok() || !other->feasible()) return found;
    const auto value = [&](const Placement& placement) {
      return MeanTokenMs(problem_, placement, constellation_, options_, laws_);
    };
    if (found.has_value() && value(*found) <= value(other->placement)) {
      return found;
    }
    return std::move(other->placement);
  }

  const PlacementProblem& problem_;
  const Constellation& constellation_;
  const SolveOptions& options_;
  SolveOptions screening_;
  const std::vector<SelectionLaw> laws_;
  const LinkDelays links_;
  std::vector<Candidate> candidates_;
};

}  // namespace

absl::StatusOr<SolveResult> CompactStrategy::Solve(
    const PlacementProblem& problem, const Constellation& constellation,
    const SolveOptions& options) const {
  return CompactSearch(problem, constellation, options).Run();
}

}  // namespace spacemoe
