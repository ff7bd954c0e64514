// A layer's path latencies to candidate sites in every slot, as the searches
// for placements want them.
#ifndef SPACEMOE_PLACEMENT_LAYER_TABLE_H_
#define SPACEMOE_PLACEMENT_LAYER_TABLE_H_

#include <vector>

#include "placement/constellation.h"
#include "placement/problem.h"
#include "placement/routes.h"

namespace spacemoe {

// A site that no route reaches counts as this far away, so that a search avoids
// it: a stand-in for "the token waits".
inline constexpr double kUnreachableMs = 1000;

struct LayerTable {
  std::vector<int> sites;             // satellites
  int states = 0;                     // slots
  std::vector<double> path_ms;        // [states][sites], for no expert
  std::vector<double> per_expert_ms;  // [states][sites], for each selected one
  std::vector<double> residual_ms;    // [states]

  int site_count() const { return static_cast<int>(sites.size()); }
  double Path(int state, int site) const {
    return path_ms[static_cast<size_t>(state) * sites.size() + site];
  }
  double PerExpert(int state, int site) const {
    return per_expert_ms[static_cast<size_t>(state) * sites.size() + site];
  }
  // With `load` selected experts on the site.
  double Latency(int state, int site, int load) const {
    return Path(state, site) + load * PerExpert(state, site);
  }
  // Mean over the states of a site with one selected expert.
  double MeanMs(int site) const;
};

// A layer's gateway, its successor, and where experts may go.
struct LayerSites {
  int gateway = -1;
  int successor = -1;
  std::vector<int> sites;
};

// [layers]. Lengths are those at SlotTimes(options), whose links are up as
// options.topology says. The layers must be in the problem's order.
std::vector<LayerTable> MakeLayerTables(const PlacementProblem& problem,
                                        const Constellation& constellation,
                                        const SolveOptions& options,
                                        const std::vector<LayerSites>& layers);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_LAYER_TABLE_H_
