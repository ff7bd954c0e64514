// A ring without a network: for tests.
#ifndef SPACEMOE_RUNTIME_NET_FAKE_RING_H_
#define SPACEMOE_RUNTIME_NET_FAKE_RING_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "runtime/net/packet_sender.h"

namespace spacemoe {

// Satellites of one process that talk to each other. Every packet goes through
// the codec, as on a wire, and is handled by the thread that sends it.
// Thread-safe. Outlives its senders.
class FakeRing {
 public:
  // `handler` takes what is sent to `satellite` from now on.
  void Listen(uint32_t satellite, PacketHandler handler);

  // A way to `satellite`, which may begin to listen later.
  std::unique_ptr<PacketSender> Connect(uint32_t satellite,
                                        BrokenHandler on_broken);

  // The satellite is gone: every sender to it is told `reason`.
  void Break(uint32_t satellite, const absl::Status& reason);

 private:
  class Sender;
  struct Peer {
    PacketHandler handler;
    bool broken = false;
    std::vector<BrokenHandler> listeners;
  };

  absl::Status Deliver(const Packet& packet, uint32_t satellite);

  std::mutex mutex_;  // protects what follows
  absl::flat_hash_map<uint32_t, Peer> peers_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_FAKE_RING_H_
