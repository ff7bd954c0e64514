// Ways to compute a placement, by name.
#ifndef SPACEMOE_PLACEMENT_STRATEGY_H_
#define SPACEMOE_PLACEMENT_STRATEGY_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "placement/constellation.h"
#include "placement/placement.h"
#include "placement/problem.h"

namespace spacemoe {

inline constexpr std::string_view kDefaultStrategy = "spacemoe";

enum class Termination { kFeasible, kInfeasible };

// That there is no placement is a result, not an error.
struct SolveResult {
  Termination termination = Termination::kInfeasible;
  Placement placement;  // when feasible
  std::string detail;   // when infeasible: why, with the numbers
  // When known: no placement of a kind has a smaller mean latency per token,
  // and which kind that is.
  std::optional<double> lower_bound_ms;
  std::string bound_kind;

  bool feasible() const { return termination == Termination::kFeasible; }
  static SolveResult Feasible(Placement placement);
  static SolveResult Infeasible(std::string detail);
};

// Stateless, hence safe for concurrent use. The same arguments give the same
// placement on every platform.
class Strategy {
 public:
  virtual ~Strategy() = default;
  virtual std::string_view name() const = 0;
  // experts_per_satellite is a limit, not the layout.
  virtual bool chooses_sharing() const { return false; }
  // May assume a validated problem and validated options.
  virtual absl::StatusOr<SolveResult> Solve(
      const PlacementProblem& problem, const Constellation& constellation,
      const SolveOptions& options) const = 0;
};

std::vector<std::string> StrategyNames();

// experts_per_satellite where a person names none: no limit for a strategy that
// chooses the sharing, else 1.
int DefaultExpertsPerSatellite(std::string_view strategy);

// NotFound lists the known names. The strategy lives for ever.
absl::StatusOr<const Strategy*> FindStrategy(std::string_view name);

// Validates the arguments once, solves, and checks the placement.
absl::StatusOr<SolveResult> Solve(std::string_view strategy,
                                  const PlacementProblem& problem,
                                  const Constellation& constellation,
                                  const SolveOptions& options);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_STRATEGY_H_
