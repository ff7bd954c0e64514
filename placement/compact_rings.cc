#include "placement/compact_rings.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "placement/closed_walks.h"

namespace spacemoe {
namespace {

constexpr int kMaxSpacing = 3;
constexpr int kShapesPerSpacing = 4;
// Corners that are tried along each axis, at most.
constexpr int kCorners = 40;

class WalkSearch {
 public:
  WalkSearch(const Constellation& constellation, const LinkDelays& links,
             const SolveOptions& options)
      : constellation_(constellation),
        links_(links),
        excluded_(constellation.satellite_count(), 0) {
    for (int id : options.excluded) excluded_[id] = 1;
  }

  // The shape where its walk is shortest; no gateways where it fits nowhere.
  CompactRing Best(const WalkShape& shape, int layers) const {
    CompactRing best{{}, std::numeric_limits<double>::infinity()};
    const int planes = constellation_.planes();
    const int slots = constellation_.satellites_per_plane();
    const int plane_stride = std::max(1, planes / kCorners);
    const int slot_stride = std::max(1, slots / kCorners);
    for (int plane = 0; plane < planes; plane += plane_stride) {
      for (int slot = 0; slot < slots; slot += slot_stride) {
        const std::vector<int> walk =
            PlaceWalk(constellation_, shape, plane, slot);
        const double length = LengthMs(walk);
        // A millionth: rounding must not choose among equals.
        if (length >= best.walk_ms - 1e-6) continue;
        best = {Spaced(walk, layers), length};
      }
    }
    return best;
  }

 private:
  double LengthMs(const std::vector<int>& walk) const {
    if (walk.empty()) return std::numeric_limits<double>::infinity();
    double length = 0;
    for (size_t i = 0; i < walk.size(); ++i) {
      if (excluded_[walk[i]]) return std::numeric_limits<double>::infinity();
      length += LinkMs(walk[i], walk[(i + 1) % walk.size()]);
    }
    return length;
  }

  double LinkMs(int from, int to) const {
    const auto neighbours = constellation_.Neighbours(from);
    const auto at = std::find(neighbours.begin(), neighbours.end(), to);
    if (at == neighbours.end()) return std::numeric_limits<double>::infinity();
    return links_
        .mean_ms[constellation_.FirstLink(from) + (at - neighbours.begin())];
  }

  static std::vector<int> Spaced(const std::vector<int>& walk, int layers) {
    std::vector<int> gateways;
    for (int l = 0; l < layers; ++l) {
      gateways.push_back(walk[l * walk.size() / layers]);
    }
    return gateways;
  }

  const Constellation& constellation_;
  const LinkDelays& links_;
  std::vector<char> excluded_;
};

}  // namespace

std::vector<CompactRing> CompactRings(const Constellation& constellation,
                                      const LinkDelays& links, int layers,
                                      const SolveOptions& options) {
  const WalkSearch search(constellation, links, options);
  std::vector<CompactRing> rings;
  for (int spacing = 1; spacing <= kMaxSpacing; ++spacing) {
    std::vector<CompactRing> found;
    for (const WalkShape& shape :
         ClosedWalks(spacing * layers, constellation.planes(),
                     constellation.satellites_per_plane())) {
      CompactRing ring = search.Best(shape, layers);
      if (!ring.gateways.empty()) found.push_back(std::move(ring));
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const CompactRing& a, const CompactRing& b) {
                       return a.walk_ms < b.walk_ms;
                     });
    if (found.size() > kShapesPerSpacing) found.resize(kShapesPerSpacing);
    rings.insert(rings.end(), std::make_move_iterator(found.begin()),
                 std::make_move_iterator(found.end()));
  }
  return rings;
}

std::vector<std::vector<int>> SerpentineChunks(
    const Constellation& constellation, const std::vector<int>& needed,
    const SolveOptions& options) {
  std::vector<char> excluded(constellation.satellite_count(), 0);
  for (int id : options.excluded) excluded[id] = 1;
  std::vector<int> order;
  for (int slot = 0; slot < constellation.satellites_per_plane(); ++slot) {
    for (int i = 0; i < constellation.planes(); ++i) {
      const int plane = slot % 2 == 0 ? i : constellation.planes() - 1 - i;
      const int id = constellation.Id(plane, slot);
      if (!excluded[id]) order.push_back(id);
    }
  }
  std::vector<std::vector<int>> chunks;
  auto next = order.begin();
  for (int count : needed) {
    if (order.end() - next < count) return {};
    chunks.emplace_back(next, next + count);
    next += count;
  }
  return chunks;
}

}  // namespace spacemoe
