#include "placement/strategy.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "placement/role_layout.h"
#include "placement/strategies.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using Registry = std::vector<std::unique_ptr<Strategy>>;

std::unique_ptr<Strategy> Ring(std::string name, RingStrategy::Gateway gateway,
                               RingStrategy::Experts experts) {
  return std::make_unique<RingStrategy>(std::move(name), gateway, experts);
}

const Registry& Strategies() {
  static const Registry& registry = *[] {
    using Gateway = RingStrategy::Gateway;
    using Experts = RingStrategy::Experts;
    auto* list = new Registry;
    list->push_back(Ring("spacemoe", Gateway::kCentral, Experts::kSortMatch));
    list->push_back(std::make_unique<RandomStrategy>());
    list->push_back(Ring("random-intra", Gateway::kRandom, Experts::kRandom));
    list->push_back(
        Ring("random-intra-cg", Gateway::kCentral, Experts::kRandom));
    list->push_back(
        Ring("nearest-random", Gateway::kCentral, Experts::kNearestRandom));
    list->push_back(std::make_unique<ExpectedMaxStrategy>());
    list->push_back(std::make_unique<CompactStrategy>());
    return list;
  }();
  return registry;
}

}  // namespace

SolveResult SolveResult::Feasible(Placement placement) {
  return {.termination = Termination::kFeasible,
          .placement = std::move(placement),
          .detail = {},
          .lower_bound_ms = std::nullopt,
          .bound_kind = {}};
}

SolveResult SolveResult::Infeasible(std::string detail) {
  return {.termination = Termination::kInfeasible,
          .placement = {},
          .detail = std::move(detail),
          .lower_bound_ms = std::nullopt,
          .bound_kind = {}};
}

std::vector<std::string> StrategyNames() {
  std::vector<std::string> names;
  for (const auto& strategy : Strategies())
    names.emplace_back(strategy->name());
  return names;
}

int DefaultExpertsPerSatellite(std::string_view strategy) {
  constexpr int kNoLimit = 1 << 20;
  const auto found = FindStrategy(strategy);
  return found.ok() && (*found)->chooses_sharing() ? kNoLimit : 1;
}

absl::StatusOr<const Strategy*> FindStrategy(std::string_view name) {
  for (const auto& strategy : Strategies()) {
    if (strategy->name() == name) return strategy.get();
  }
  return absl::NotFoundError(
      absl::StrCat("unknown strategy '", std::string(name), "'; known are ",
                   absl::StrJoin(StrategyNames(), ", ")));
}

absl::StatusOr<SolveResult> Solve(std::string_view strategy,
                                  const PlacementProblem& problem,
                                  const Constellation& constellation,
                                  const SolveOptions& options) {
  SPACEMOE_ASSIGN_OR_RETURN(const Strategy* chosen, FindStrategy(strategy));
  SPACEMOE_RETURN_IF_ERROR(ValidateProblem(problem));
  SPACEMOE_RETURN_IF_ERROR(
      ValidateOptions(options, constellation.satellite_count()));
  if (!chosen->chooses_sharing()) {
    if (auto shortage = MemoryShortage(problem.model, options)) {
      return SolveResult::Infeasible(*shortage);
    }
  }
  SPACEMOE_ASSIGN_OR_RETURN(SolveResult result,
                            chosen->Solve(problem, constellation, options));
  if (!result.feasible()) return result;
  const absl::Status valid =
      ValidatePlacement(result.placement, problem, constellation, options);
  if (valid.ok()) return result;
  return absl::InternalError(absl::StrCat("strategy ", std::string(strategy),
                                          ": ", std::string(valid.message())));
}

}  // namespace spacemoe
