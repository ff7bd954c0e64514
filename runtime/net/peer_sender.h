// A long-lived gRPC stream to one peer's Ring service.
#ifndef SPACEMOE_RUNTIME_NET_PEER_SENDER_H_
#define SPACEMOE_RUNTIME_NET_PEER_SENDER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/net/client_stream.h"
#include "runtime/net/grpc_settings.h"
#include "runtime/net/packet_sender.h"
#include "spacemoe/v1/ring.grpc.pb.h"

namespace spacemoe {

struct PeerAddress {
  uint32_t satellite = 0;
  std::string address;
};

// Owns its channel. Broken streams are told from the loop. Destruction cancels
// the stream, drops what is queued, and returns after the last callback.
class PeerSender final : public PacketSender {
 public:
  // The loop is borrowed and outlives the sender.
  PeerSender(PeerAddress peer, EventLoop* loop,
             std::shared_ptr<grpc::Channel> channel, BrokenHandler on_broken);

  absl::Status Send(const Packet& packet) override;

  // Sends what is queued, then ends the stream in order; returns when the peer
  // has taken it all, or with DEADLINE_EXCEEDED.
  absl::Status Close(absl::Duration timeout);

  const PeerAddress& peer() const { return peer_; }

 private:
  using Stream = ClientStream<v1::RingPacket, v1::RingReply>;

  const PeerAddress peer_;
  const std::unique_ptr<v1::Ring::Stub> stub_;
  const std::unique_ptr<Stream> stream_;
};

// Connects to all peers at once; returns when all are connected. UNAVAILABLE
// names the first peer that could not be reached within `timeout`; other errors
// are WaitConnected's. With an identity the peers must be satellites of its
// constellation.
absl::StatusOr<std::vector<std::unique_ptr<PeerSender>>> ConnectPeers(
    const std::vector<PeerAddress>& peers, EventLoop* loop,
    const BrokenHandler& on_broken, absl::Duration timeout = kConnectTimeout,
    const std::shared_ptr<const TlsIdentity>& identity = nullptr);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_PEER_SENDER_H_
