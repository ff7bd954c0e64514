// The ways from a gateway over its experts to the successor at one moment.
#ifndef SPACEMOE_PLACEMENT_LAYER_PATHS_H_
#define SPACEMOE_PLACEMENT_LAYER_PATHS_H_

#include <vector>

#include "placement/constellation.h"
#include "placement/copy_choice.h"
#include "placement/cost.h"
#include "placement/placement.h"
#include "placement/problem.h"
#include "placement/routes.h"

namespace spacemoe {

// gateway -> site -> successor for m selected experts on the site: the
// dispatched row, m expert computations one after the other, m output rows; one
// row from a satellite that is the gateway and has all experts.
struct SitePath {
  LatencyParts base;        // without what grows with m
  LatencyParts per_expert;  // output serialization and compute

  LatencyParts For(int experts) const;
};

struct LayerPaths {
  std::vector<SitePath> sites;  // a satellite each
  std::vector<int> site_of;     // [experts], of the fastest copy
  // [experts][copies], into `sites`; empty when no expert has several.
  std::vector<std::vector<int>> copies;
  LatencyParts residual;  // gateway -> successor
  bool connected = true;  // all sites and the successor can be reached
};

// For messages that leave at t over the links of the finder's slot. Where a
// site cannot be reached, `connected` is false and the paths mean nothing.
LayerPaths FindLayerPaths(const PlacementProblem& problem,
                          const Placement& placement, int layer,
                          const Constellation& constellation,
                          const SolveOptions& options, double t,
                          RouteFinder* finder);

// The parts of the slowest path for a set of selected experts. Of an expert's
// copies the one that lets the last finish soonest. Reuses buffers:
// thread-compatible. `paths` must outlive it.
class SlowestPath {
 public:
  explicit SlowestPath(const LayerPaths& paths)
      : paths_(paths), load_(paths.sites.size(), 0) {}

  LatencyParts Of(const std::vector<int>& experts);

  // The sites of the selected experts, in order.
  const std::vector<int>& SitesOf(const std::vector<int>& experts);

 private:
  const LayerPaths& paths_;
  std::vector<int> load_;  // [sites], zero between calls
  std::vector<int> sites_;
  std::vector<const std::vector<int>*> copies_;
  CopyChoice choice_;
};

// The delay of a message of `bytes` over a path.
LatencyParts PathParts(const PathDelay& path, const LinkSpec& links,
                       int64_t bytes);

LatencyParts ToParts(const RouteDelay& delay);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_LAYER_PATHS_H_
