// Laser links of a constellation in motion, as one satellite sees them.
#ifndef SPACEMOE_SATELLITE_NODE_ORBITAL_LINK_MODEL_H_
#define SPACEMOE_SATELLITE_NODE_ORBITAL_LINK_MODEL_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "placement/constellation.h"
#include "placement/routes.h"
#include "runtime/base/clock.h"
#include "runtime/link/first_hop_queue.h"
#include "runtime/link/link_model.h"

namespace spacemoe {

// Shortest routes from one satellite to its peers. While messages leave, a
// thread of its own finds them anew every emulated second; a sender waits for
// it only when they are older than two. Lengths are always those at departure.
// Thread-safe.
class OrbitalLinkModel final : public LinkModel {
 public:
  // `start_time_s`: constellation time at the plan's epoch. `clock` is
  // borrowed.
  OrbitalLinkModel(Constellation constellation, uint32_t self,
                   std::vector<uint32_t> peers, double start_time_s,
                   const Clock* clock);
  ~OrbitalLinkModel() override;

  // INVALID_ARGUMENT when `from` is another satellite or `to` is no peer.
  absl::StatusOr<LinkStamp> Stamp(uint32_t from, uint32_t to,
                                  int64_t departure_ns, int64_t bytes) override;

 private:
  using Routes = absl::flat_hash_map<uint32_t, Route>;
  struct Table {
    int64_t found_ns = 0;
    Routes routes;
  };

  double TimeAt(int64_t emulated_ns) const {
    return start_time_s_ + 1e-9 * emulated_ns;
  }
  // A table that is not too old for `departure_ns`.
  std::shared_ptr<const Table> TableFor(int64_t departure_ns);
  std::shared_ptr<const Table> FindRoutes(int64_t now_ns);
  // Waits until there has been traffic and the table is a second old. False:
  // it is time to stop.
  bool AwaitRefresh();
  void RefreshLoop();

  const Constellation constellation_;
  const uint32_t self_;
  const std::vector<int> peers_;
  const double start_time_s_;
  const Clock* const clock_;
  FirstHopQueue queue_;

  std::mutex finder_mutex_;
  RouteFinder finder_;  // protected by finder_mutex_

  std::mutex mutex_;  // protects what follows
  // Shared: senders use a table while the next one replaces it.
  std::shared_ptr<const Table> table_;
  bool traffic_ = false;  // since table_ was found
  bool stop_ = false;
  std::condition_variable changed_;  // traffic_ or stop_

  std::thread refresher_;  // last: it uses all of the above
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_ORBITAL_LINK_MODEL_H_
