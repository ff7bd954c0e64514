// A satellite's ways to its peers.
#ifndef SPACEMOE_SATELLITE_NODE_PEER_LINKS_H_
#define SPACEMOE_SATELLITE_NODE_PEER_LINKS_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "runtime/net/packet_sender.h"
#include "satellite_node/core/satellite.h"

namespace spacemoe {

// Sends packets to the peers of a plan. Thread-safe once all peers are added.
class PeerLinks final : public Outbox {
 public:
  // `on_error` is told of packets that can't be sent; thread-safe, must not
  // block.
  explicit PeerLinks(std::function<void(const absl::Status&)> on_error)
      : on_error_(std::move(on_error)) {}

  void Add(uint32_t satellite, std::unique_ptr<PacketSender> sender) {
    senders_[satellite] = std::move(sender);
  }

  void Send(Packet packet) override;

 private:
  const std::function<void(const absl::Status&)> on_error_;
  absl::flat_hash_map<uint32_t, std::unique_ptr<PacketSender>> senders_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_PEER_LINKS_H_
