// Packets for tests.
#ifndef SPACEMOE_TESTS_RUNTIME_TEST_PACKET_H_
#define SPACEMOE_TESTS_RUNTIME_TEST_PACKET_H_

#include "runtime/tensor/packet.h"

namespace spacemoe {

// A dispatch of `rows` rows whose values count up in quarters from `first`.
inline Packet TestPacket(int rows, uint32_t width, float first = 1) {
  Packet packet{.kind = PacketKind::kDispatch,
                .layer = 3,
                .source = 17,
                .destination = 21,
                .link = {.departure_ns = 5,
                         .due_ns = 15,
                         .propagation_ns = 4,
                         .processing_ns = 3,
                         .serialization_ns = 2,
                         .queueing_ns = 1,
                         .hops = 6},
                .width = width,
                .sequences_in_flight = 9};
  for (int r = 0; r < rows; ++r) {
    RowHeader row{
        .sequence = 100u + r, .position = 7u + r, .attempt = 1, .capacity = 64};
    row.prompt = r % 2 == 0;
    row.cache_only = r % 2 == 1;
    row.spent = {1, 2, 3, 4, 5, 6};
    row.experts = {{2, 0.25f}, {5, 0.75f}};
    packet.rows.push_back(row);
  }
  for (uint32_t i = 0; i < rows * width; ++i)
    packet.values.push_back(first + 0.25f * i);
  return packet;
}

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_RUNTIME_TEST_PACKET_H_
