#include "placement/subnets.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <tuple>

namespace spacemoe {
namespace {

// A satellite that sits on a border up to rounding belongs to the subnet that
// begins there.
constexpr double kBorder = 1e-9;

int SubnetOf(double latitude_deg, int layers) {
  const double part = latitude_deg * layers / 360;
  return static_cast<int>(std::floor(part + kBorder)) % layers;
}

double AngleBetweenDeg(double a, double b) {
  const double gap = std::abs(a - b);
  return std::min(gap, 360 - gap);
}

// Rounded to a millionth of a degree, so that rounding breaks no ties.
int64_t OffCentre(const Constellation& constellation, int id, double middle,
                  double t) {
  return std::llround(
      1e6 *
      AngleBetweenDeg(constellation.ArgumentOfLatitudeDeg(id, t), middle));
}

}  // namespace

std::vector<std::vector<int>> Subnets(const Constellation& constellation,
                                      int layers, double t) {
  std::vector<std::vector<int>> subnets(layers);
  for (int id = 0; id < constellation.satellite_count(); ++id) {
    const double u = constellation.ArgumentOfLatitudeDeg(id, t);
    subnets[SubnetOf(u, layers)].push_back(id);
  }
  return subnets;
}

std::vector<int> ByCentrality(const Constellation& constellation,
                              const std::vector<int>& members, int layer,
                              int layers, double t) {
  const double middle = 360 * (layer + 0.5) / layers;
  const int middle_plane = constellation.planes() / 2;
  std::vector<std::tuple<int, int64_t, int>> keys;
  for (int id : members) {
    keys.emplace_back(std::abs(constellation.PlaneOf(id) - middle_plane),
                      OffCentre(constellation, id, middle, t), id);
  }
  std::sort(keys.begin(), keys.end());
  std::vector<int> order;
  for (const auto& key : keys) order.push_back(std::get<2>(key));
  return order;
}

}  // namespace spacemoe
