// One way to one peer, as what a satellite needs of it.
#ifndef SPACEMOE_RUNTIME_NET_PACKET_SENDER_H_
#define SPACEMOE_RUNTIME_NET_PACKET_SENDER_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "runtime/tensor/packet.h"

namespace spacemoe {

// Takes a packet that came in. An error ends the stream that it came on.
// Called from gRPC's threads: must not compute or block.
using PacketHandler = std::function<absl::Status(Packet)>;

// The stream to a peer ended though nobody closed it. Called once for a peer,
// from any thread; must not block.
using BrokenHandler =
    std::function<void(uint32_t peer, const absl::Status& reason)>;

// Thread-safe. Packets arrive in the order in which they were sent.
class PacketSender {
 public:
  virtual ~PacketSender() = default;
  // Queues a packet; never waits for the network. INTERNAL for a packet that
  // can't be encoded. OK for a broken peer: the handler has been told.
  virtual absl::Status Send(const Packet& packet) = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_PACKET_SENDER_H_
