// The Ring service: takes packets from peers.
#ifndef SPACEMOE_RUNTIME_NET_RING_SERVER_H_
#define SPACEMOE_RUNTIME_NET_RING_SERVER_H_

#include "runtime/net/packet_sender.h"
#include "spacemoe/v1/ring.grpc.pb.h"

namespace spacemoe {

// Host it with ServerHost. Packets of one stream are handled in order, those of
// different streams at the same time. A packet that can't be decoded, or that
// the handler refuses, ends its stream with that error.
class RingServer final : public v1::Ring::CallbackService {
 public:
  explicit RingServer(PacketHandler handler) : handler_(std::move(handler)) {}

  grpc::ServerBidiReactor<v1::RingPacket, v1::RingReply>* Exchange(
      grpc::CallbackServerContext* context) override;

 private:
  const PacketHandler handler_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_RING_SERVER_H_
