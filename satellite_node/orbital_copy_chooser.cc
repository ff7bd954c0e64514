#include "satellite_node/orbital_copy_chooser.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace spacemoe {
namespace {

constexpr int64_t kRefreshNs = 1'000'000'000;
// A satellite that cannot be reached now.
constexpr double kNoWayMs = 1e9;

std::vector<int> SitesOf(const std::vector<std::vector<uint32_t>>& homes) {
  std::vector<int> sites;
  for (const auto& copies : homes) {
    sites.insert(sites.end(), copies.begin(), copies.end());
  }
  std::sort(sites.begin(), sites.end());
  sites.erase(std::unique(sites.begin(), sites.end()), sites.end());
  return sites;
}

double HopMs(const Constellation& constellation, int64_t bytes) {
  return 8e3 * static_cast<double>(bytes) / constellation.links().rate_bps;
}

}  // namespace

OrbitalCopyChooser::OrbitalCopyChooser(
    CopyChooserOptions options, std::optional<Constellation> constellation)
    : options_(std::move(options)),
      constellation_(std::move(constellation)),
      sites_(SitesOf(options_.homes)),
      way_ms_(sites_.size(), 0.0),
      per_expert_ms_(sites_.size(), 1e3 * options_.expert_seconds) {
  for (const auto& homes : options_.homes) {
    std::vector<int>& copies = copies_.emplace_back();
    for (uint32_t home : homes) {
      const auto site = std::lower_bound(sites_.begin(), sites_.end(),
                                         static_cast<int>(home));
      copies.push_back(static_cast<int>(site - sites_.begin()));
    }
  }
  if (constellation_.has_value()) finder_.emplace(*constellation_);
}

void OrbitalCopyChooser::FindWays(int64_t departure_ns) {
  if (!finder_.has_value()) return;
  if (found_ns_.has_value() &&
      std::abs(departure_ns - *found_ns_) < kRefreshNs) {
    return;
  }
  found_ns_ = departure_ns;
  const double t = options_.start_time_s + 1e-9 * departure_ns;
  const std::vector<PathDelay> there =
      finder_->FindDelays(static_cast<int>(options_.gateway), sites_, t);
  // Links are the same both ways, so the way on is found from its end.
  const std::vector<PathDelay> onward =
      finder_->FindDelays(static_cast<int>(options_.successor), sites_, t);
  const double hop_ms = HopMs(*constellation_, options_.row_bytes);
  for (size_t i = 0; i < sites_.size(); ++i) {
    const bool reachable = there[i].reachable() && onward[i].reachable();
    way_ms_[i] = reachable ? 1e-6 * (there[i].delay_ns + onward[i].delay_ns) +
                                 hop_ms * there[i].hops
                           : kNoWayMs;
    per_expert_ms_[i] = 1e3 * options_.expert_seconds + hop_ms * onward[i].hops;
  }
}

std::vector<uint32_t> OrbitalCopyChooser::Choose(
    absl::Span<const int32_t> experts, int64_t departure_ns) {
  FindWays(departure_ns);
  std::vector<const std::vector<int>*> copies;
  for (int32_t expert : experts) copies.push_back(&copies_[expert]);
  const std::vector<int>& chosen = choice_.Choose(
      copies, static_cast<int>(sites_.size()), [this](int site, int load) {
        return way_ms_[site] + load * per_expert_ms_[site];
      });
  std::vector<uint32_t> homes;
  for (int site : chosen) homes.push_back(static_cast<uint32_t>(sites_[site]));
  return homes;
}

}  // namespace spacemoe
