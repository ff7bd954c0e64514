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
// and experts go to random satellites, in random order to those of smallest
// expected path latency, or by sort-match: activation probability descending
// onto expected path latency ascending.
class RingStrategy : public Strategy {
 public:
  enum class Gateway { kCentral, kRandom };
  enum class Experts { kSortMatch, kNearestRandom, kRandom };

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

// The paper's ring and central gateways; experts where the expected maximum
// over the selected ones is smallest, from the joint law (joint_law.h): exact
// where OptimalExperts is (expert_search.h), else by descent from the
// sort-match. Its lower bound is for all placements of the experts on the same
// ring.
class ExpectedMaxStrategy : public Strategy {
 public:
  std::string_view name() const override { return "expected-max"; }
  absl::StatusOr<SolveResult> Solve(const PlacementProblem& problem,
                                    const Constellation& constellation,
                                    const SolveOptions& options) const override;
};

// Gateways and experts chosen jointly (docs/placement.md): closed walks over
// the grid that need not follow an orbit, up to experts_per_satellite experts
// on a satellite where the detour costs more than the wait, copies of experts
// where max_copies allows. The paper's ring is among its candidates. Its lower
// bound is for all placements of any strategy.
class CompactStrategy : public Strategy {
 public:
  std::string_view name() const override { return "compact"; }
  bool chooses_sharing() const override { return true; }
  absl::StatusOr<SolveResult> Solve(const PlacementProblem& problem,
                                    const Constellation& constellation,
                                    const SolveOptions& options) const override;
};

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_STRATEGIES_H_
