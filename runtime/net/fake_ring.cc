#include "runtime/net/fake_ring.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "runtime/tensor/packet_codec.h"

namespace spacemoe {

class FakeRing::Sender final : public PacketSender {
 public:
  Sender(FakeRing* ring, uint32_t satellite)
      : ring_(ring), satellite_(satellite) {}
  absl::Status Send(const Packet& packet) override {
    return ring_->Deliver(packet, satellite_);
  }

 private:
  FakeRing* const ring_;
  const uint32_t satellite_;
};

void FakeRing::Listen(uint32_t satellite, PacketHandler handler) {
  const std::lock_guard lock(mutex_);
  peers_[satellite].handler = std::move(handler);
}

std::unique_ptr<PacketSender> FakeRing::Connect(uint32_t satellite,
                                                BrokenHandler on_broken) {
  const std::lock_guard lock(mutex_);
  peers_[satellite].listeners.push_back(std::move(on_broken));
  return std::make_unique<Sender>(this, satellite);
}

void FakeRing::Break(uint32_t satellite, const absl::Status& reason) {
  std::vector<BrokenHandler> listeners;
  {
    const std::lock_guard lock(mutex_);
    Peer& peer = peers_[satellite];
    peer.broken = true;
    listeners.swap(peer.listeners);
  }
  for (const BrokenHandler& listener : listeners) listener(satellite, reason);
}

absl::Status FakeRing::Deliver(const Packet& packet, uint32_t satellite) {
  v1::RingPacket wire;
  SPACEMOE_RETURN_IF_ERROR(EncodePacket(packet, &wire));
  PacketHandler handler;
  {
    const std::lock_guard lock(mutex_);
    const Peer& peer = peers_[satellite];
    if (peer.broken) return absl::OkStatus();
    handler = peer.handler;
  }
  absl::StatusOr<Packet> received = DecodePacket(wire);
  absl::Status status = received.status();
  if (!handler)
    status = absl::UnavailableError(
        absl::StrCat("satellite ", satellite, " is not listening"));
  if (status.ok()) status = handler(*std::move(received));
  if (!status.ok()) Break(satellite, status);
  return absl::OkStatus();
}

}  // namespace spacemoe
