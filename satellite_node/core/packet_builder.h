// Collects the rows of one packet.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_PACKET_BUILDER_H_
#define SPACEMOE_SATELLITE_NODE_CORE_PACKET_BUILDER_H_

#include <cstdint>

#include "runtime/tensor/packet.h"
#include "satellite_node/core/row_assembly.h"

namespace spacemoe {

// What all packets of one satellite have in common.
struct PacketFrame {
  uint32_t source = 0;
  uint32_t width = 0;
  bool bfloat16 = false;
};

inline Packet StartPacket(const PacketFrame& frame, PacketKind kind,
                          uint32_t layer, uint32_t destination,
                          uint32_t sequences_in_flight) {
  Packet packet;
  packet.kind = kind;
  packet.layer = layer;
  packet.source = frame.source;
  packet.destination = destination;
  packet.width = frame.width;
  packet.bfloat16 = frame.bfloat16;
  packet.sequences_in_flight = sequences_in_flight;
  return packet;
}

inline void AppendVector(const float* values, Packet* packet) {
  packet->values.insert(packet->values.end(), values, values + packet->width);
}

// The header of a row that a step makes of `row`. The step started at
// `start_ns` and the packet leaves `compute_ns` later.
inline RowHeader NextHeader(const AssembledRow& row, int64_t start_ns,
                            int64_t compute_ns) {
  RowHeader header = row.header;
  header.experts.clear();
  header.spent = row.spent;
  header.spent.queueing_ns += start_ns - row.ready_ns;
  header.spent.compute_ns += compute_ns;
  return header;
}

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_PACKET_BUILDER_H_
