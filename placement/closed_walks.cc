#include "placement/closed_walks.h"

#include <algorithm>
#include <utility>

namespace spacemoe {
namespace {

// width x height, both at least 2, anticlockwise from the corner.
WalkShape Border(int width, int height) {
  WalkShape walk;
  for (int x = 0; x < width; ++x) walk.push_back({x, 0});
  for (int y = 1; y < height; ++y) walk.push_back({width - 1, y});
  for (int x = width - 2; x >= 0; --x) walk.push_back({x, height - 1});
  for (int y = height - 2; y >= 1; --y) walk.push_back({0, y});
  return walk;
}

// Fills width x height (even): along the first row, to and fro over the others
// without their first column, and back along that.
WalkShape Comb(int width, int height) {
  WalkShape walk = {{0, 0}};
  for (int y = 0; y < height; ++y) {
    for (int i = 1; i < width; ++i) {
      walk.push_back({y % 2 == 0 ? i : width - i, y});
    }
  }
  for (int y = height - 1; y >= 1; --y) walk.push_back({0, y});
  return walk;
}

WalkShape Transposed(WalkShape walk) {
  for (GridStep& step : walk) std::swap(step.plane, step.slot);
  return walk;
}

void AddBorders(int satellites, int planes, int slots,
                std::vector<WalkShape>* walks) {
  const int half = (satellites + 1) / 2 + 2;  // width + height
  for (int width = 2; width <= std::min(planes, half - 2); ++width) {
    if (half - width <= slots) walks->push_back(Border(width, half - width));
  }
}

// Combs of an even number of rows, [across, along] the planes.
void AddCombs(int satellites, int across, int along, bool transpose,
              std::vector<WalkShape>* walks) {
  for (int height = 4; height <= std::min(along, 12); height += 2) {
    const int width = (satellites + height - 1) / height;
    if (width < 2 || width > across) continue;
    WalkShape walk = Comb(width, height);
    walks->push_back(transpose ? Transposed(std::move(walk)) : std::move(walk));
  }
}

}  // namespace

std::vector<WalkShape> ClosedWalks(int satellites, int planes, int slots) {
  std::vector<WalkShape> walks;
  AddBorders(satellites, planes, slots, &walks);
  AddCombs(satellites, planes, slots, false, &walks);
  AddCombs(satellites, slots, planes, true, &walks);
  if (slots >= std::max(satellites, 3)) {
    WalkShape orbit;
    for (int slot = 0; slot < slots; ++slot) orbit.push_back({0, slot});
    walks.push_back(std::move(orbit));
  }
  return walks;
}

std::vector<int> PlaceWalk(const Constellation& constellation,
                           const WalkShape& shape, int plane, int slot) {
  const ShellSpec& shell = constellation.shell();
  const bool wraps = shell.pattern == ShellPattern::kDelta && shell.planes > 1;
  const int shift = wraps ? static_cast<int>(shell.phasing) : 0;
  std::vector<int> walk;
  walk.reserve(shape.size());
  for (const GridStep& step : shape) {
    const int column = plane + step.plane;
    const int turns = column / shell.planes;
    if (turns > 0 && !wraps) return {};
    const int row =
        (slot + step.slot + turns * shift) % shell.satellites_per_plane;
    walk.push_back(constellation.Id(column % shell.planes, row));
  }
  return walk;
}

}  // namespace spacemoe
