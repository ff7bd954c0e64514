// A packet that has come in, and when it counts as having come.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_ARRIVAL_H_
#define SPACEMOE_SATELLITE_NODE_CORE_ARRIVAL_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "runtime/tensor/packet.h"

namespace spacemoe {

struct Arrival {
  // Shared: rows of one packet wait for others at different lengths, and its
  // values are not copied.
  std::shared_ptr<const Packet> packet;
  // max(due, arrival): later than due only when the host was too slow.
  int64_t effective_ns = 0;
};

// `came_ns`: when the packet came in from the network.
inline Arrival MakeArrival(std::shared_ptr<const Packet> packet,
                           int64_t came_ns) {
  const int64_t effective = std::max(packet->link.due_ns, came_ns);
  return {std::move(packet), effective};
}

// What a row has spent since its lap's start when its packet counts as come.
inline LatencyBreakdown SpentAt(const Arrival& arrival, const RowHeader& row) {
  const LinkStamp& link = arrival.packet->link;
  LatencyBreakdown spent = row.spent;
  spent.propagation_ns += link.propagation_ns;
  spent.processing_ns += link.processing_ns;
  spent.serialization_ns += link.serialization_ns;
  spent.queueing_ns += link.queueing_ns;
  spent.software_ns += arrival.effective_ns - link.due_ns;
  return spent;
}

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_ARRIVAL_H_
