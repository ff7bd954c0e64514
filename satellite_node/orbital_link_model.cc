#include "satellite_node/orbital_link_model.h"

#include <chrono>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int64_t kRefreshNs = 1'000'000'000;
constexpr int64_t kStaleNs = 2'000'000'000;

std::vector<int> AsInts(const std::vector<uint32_t>& values) {
  return std::vector<int>(values.begin(), values.end());
}

LinkStamp MakeStamp(int64_t departure_ns, int64_t queueing_ns, int hops,
                    const RouteDelay& delay) {
  LinkStamp stamp;
  stamp.departure_ns = departure_ns;
  stamp.queueing_ns = queueing_ns;
  stamp.propagation_ns = delay.propagation_ns;
  stamp.processing_ns = delay.processing_ns;
  stamp.serialization_ns = delay.serialization_ns;
  stamp.hops = static_cast<uint32_t>(hops);
  stamp.due_ns = departure_ns + queueing_ns + delay.total_ns();
  return stamp;
}

}  // namespace

OrbitalLinkModel::OrbitalLinkModel(Constellation constellation, uint32_t self,
                                   std::vector<uint32_t> peers,
                                   double start_time_s, const Clock* clock)
    : constellation_(std::move(constellation)),
      self_(self),
      peers_(AsInts(peers)),
      start_time_s_(start_time_s),
      clock_(clock),
      finder_(constellation_),
      refresher_([this] { RefreshLoop(); }) {}

OrbitalLinkModel::~OrbitalLinkModel() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }
  refresher_.join();
}

std::shared_ptr<const OrbitalLinkModel::Table> OrbitalLinkModel::FindRoutes(
    int64_t now_ns) {
  auto table = std::make_shared<Table>();
  table->found_ns = now_ns;
  std::vector<Route> routes;
  {
    const std::lock_guard lock(finder_mutex_);
    routes = finder_.Find(static_cast<int>(self_), peers_, TimeAt(now_ns));
  }
  for (size_t i = 0; i < peers_.size(); ++i) {
    table->routes[static_cast<uint32_t>(peers_[i])] = std::move(routes[i]);
  }
  const std::lock_guard lock(mutex_);
  table_ = table;
  traffic_ = false;
  return table;
}

std::shared_ptr<const OrbitalLinkModel::Table> OrbitalLinkModel::TableFor(
    int64_t departure_ns) {
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(traffic_, true)) changed_.notify_all();
    if (table_ != nullptr && departure_ns - table_->found_ns < kStaleNs)
      return table_;
  }
  return FindRoutes(departure_ns);
}

absl::StatusOr<LinkStamp> OrbitalLinkModel::Stamp(uint32_t from, uint32_t to,
                                                  int64_t departure_ns,
                                                  int64_t bytes) {
  if (from != self_) {
    return absl::InvalidArgumentError(absl::StrCat(
        "satellite ", self_, " was asked for a link that begins at ", from));
  }
  if (to == self_) return MakeStamp(departure_ns, 0, 0, {});
  const std::shared_ptr<const Table> table = TableFor(departure_ns);
  const auto route = table->routes.find(to);
  if (route == table->routes.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("satellite ", to, " is no peer of satellite ", self_));
  }
  if (route->second.empty()) {
    return absl::UnavailableError(
        absl::StrCat("there is no route from satellite ", self_, " to ", to));
  }
  const RouteDelay delay =
      Evaluate(constellation_, route->second, TimeAt(departure_ns), bytes);
  const int64_t occupancy_ns =
      std::llround(8e9 * bytes / constellation_.links().rate_bps);
  const int64_t wait_ns =
      queue_.Reserve(static_cast<uint32_t>(route->second.satellites[1]),
                     departure_ns, occupancy_ns);
  return MakeStamp(departure_ns, wait_ns, route->second.hops(), delay);
}

bool OrbitalLinkModel::AwaitRefresh() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock,
                [this] { return stop_ || (traffic_ && table_ != nullptr); });
  if (stop_) return false;
  const int64_t wall_ns = clock_->ToMonotonic(table_->found_ns + kRefreshNs) -
                          clock_->ToMonotonic(clock_->Now());
  return !changed_.wait_for(lock, std::chrono::nanoseconds(wall_ns),
                            [this] { return stop_; });
}

void OrbitalLinkModel::RefreshLoop() {
  while (AwaitRefresh()) FindRoutes(clock_->Now());
}

}  // namespace spacemoe
