// The Ring service: takes packets from peers.
#ifndef SPACEMOE_RUNTIME_NET_RING_SERVER_H_
#define SPACEMOE_RUNTIME_NET_RING_SERVER_H_

#include <utility>

#include "runtime/net/loop_service.h"
#include "runtime/net/packet_sender.h"
#include "spacemoe/v1/ring.grpc.pb.h"

namespace spacemoe {

// Packets are handled one after another by the host's loop. A packet that can't
// be decoded, or that the handler refuses, ends its stream with that error.
class RingServer final : public LoopService {
 public:
  explicit RingServer(PacketHandler handler) : handler_(std::move(handler)) {}

  grpc::Service* service() override { return &service_; }
  void Serve(EventLoop* loop) override;

 private:
  class Receiver;

  const PacketHandler handler_;
  v1::Ring::AsyncService service_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_RING_SERVER_H_
