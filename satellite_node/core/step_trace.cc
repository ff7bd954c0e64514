#include "satellite_node/core/step_trace.h"

namespace spacemoe {
namespace {

FlightKind KindOf(PacketKind kind) {
  switch (kind) {
    case PacketKind::kDispatch:
      return FlightKind::kDispatch;
    case PacketKind::kOutput:
      return FlightKind::kOutput;
    case PacketKind::kResidual:
      break;
  }
  return FlightKind::kResidual;
}

// All rows of an output packet are of one expert.
uint32_t ExpertOf(const Packet& packet) {
  if (packet.kind != PacketKind::kOutput || packet.rows.empty() ||
      packet.rows.front().experts.empty()) {
    return 0;
  }
  return packet.rows.front().experts.front().expert;
}

}  // namespace

TraceFlight FlightOf(const Arrival& arrival) {
  const Packet& packet = *arrival.packet;
  TraceFlight flight;
  flight.kind = KindOf(packet.kind);
  flight.layer = packet.layer;
  flight.source = packet.source;
  flight.expert = ExpertOf(packet);
  flight.departure_ns = packet.link.departure_ns;
  flight.due_ns = packet.link.due_ns;
  flight.arrival_ns = arrival.effective_ns;
  flight.propagation_ns = packet.link.propagation_ns;
  flight.processing_ns = packet.link.processing_ns;
  flight.serialization_ns = packet.link.serialization_ns;
  flight.queueing_ns = packet.link.queueing_ns;
  flight.hops = packet.link.hops;
  flight.bytes = LinkBytes(packet);
  for (const RowHeader& row : packet.rows)
    AppendRow(row.sequence, row.position, &flight.rows);
  return flight;
}

}  // namespace spacemoe
