#include "runtime/link/first_hop_queue.h"

#include <algorithm>

namespace spacemoe {

int64_t FirstHopQueue::Reserve(uint32_t neighbour, int64_t departure_ns,
                               int64_t occupancy_ns) {
  const std::lock_guard lock(mutex_);
  auto [entry, inserted] = busy_until_ns_.try_emplace(neighbour, departure_ns);
  const int64_t start = std::max(entry->second, departure_ns);
  entry->second = start + occupancy_ns;
  return start - departure_ns;
}

}  // namespace spacemoe
