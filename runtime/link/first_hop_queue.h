// The wait for a satellite's own links: one message at a time on each.
#ifndef SPACEMOE_RUNTIME_LINK_FIRST_HOP_QUEUE_H_
#define SPACEMOE_RUNTIME_LINK_FIRST_HOP_QUEUE_H_

#include <cstdint>
#include <mutex>

#include "absl/container/flat_hash_map.h"

namespace spacemoe {

// Thread-safe. Messages are served in the order of the calls: that is the order
// of departure but for messages that two threads send at nearly the same time.
class FirstHopQueue {
 public:
  // Takes the link to `neighbour` for `occupancy_ns` (the message's bits over
  // the link's rate) as soon as it is free after `departure_ns`. Returns the
  // wait in nanoseconds.
  int64_t Reserve(uint32_t neighbour, int64_t departure_ns,
                  int64_t occupancy_ns);

 private:
  std::mutex mutex_;  // protects what follows
  absl::flat_hash_map<uint32_t, int64_t> busy_until_ns_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_LINK_FIRST_HOP_QUEUE_H_
