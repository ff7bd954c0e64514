// The strategies behind strategy.h's names.
#ifndef SPACEMOE_PLACEMENT_STRATEGIES_H_
#define SPACEMOE_PLACEMENT_STRATEGIES_H_

#include <string>

#include "placement/strategy.h"

namespace spacemoe {

// All gateways and experts on distinct random satellites (RandPlace).
class RandomStrategy : public Strategy {
 public:
  std::string_view name() const override { return "random"; }
  absl::StatusOr<SolveResult> Solve(const PlacementProblem& problem,
                                    const Constellation& constellation,
                                    const SolveOptions& options) const override;
};

// One subnet a layer (subnets.h); inside it the gateway is central or random,
// and experts go to satellites in random order or by sort-match: activation
// probability descending onto expected path latency ascending.
class RingStrategy : public Strategy {
 public:
  enum class Gateway { kCentral, kRandom };
  enum class Experts { kSortMatch, kRandom };

  RingStrategy(std::string name, Gateway gateway, Experts experts)
      : name_(std::move(name)), gateway_(gateway), experts_(experts) {}

  std::string_view name() const override { return name_; }
  absl::StatusOr<SolveResult> Solve(const PlacementProblem& problem,
                                    const Constellation& constellation,
                                    const SolveOptions& options) const override;

 private:
  const std::string name_;
  const Gateway gateway_;
  const Experts experts_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_STRATEGIES_H_
