#include "runtime/net/ring_server.h"

#include "runtime/base/log.h"
#include "runtime/net/grpc_settings.h"
#include "runtime/tensor/packet_codec.h"

namespace spacemoe {
namespace {

// Deletes itself when the stream has ended.
class Receiver final
    : public grpc::ServerBidiReactor<v1::RingPacket, v1::RingReply> {
 public:
  explicit Receiver(const PacketHandler* handler) : handler_(handler) {
    StartRead(&wire_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    absl::Status status = Handle();
    if (!status.ok()) return Finish(ToGrpc(status));
    StartRead(&wire_);
  }

  void OnDone() override { delete this; }

 private:
  absl::Status Handle() {
    absl::StatusOr<Packet> packet = DecodePacket(wire_);
    absl::Status status =
        packet.ok() ? (*handler_)(*std::move(packet)) : packet.status();
    if (!status.ok()) LogInfo("refused a packet: " + status.ToString());
    return status;
  }

  const PacketHandler* const handler_;
  v1::RingPacket wire_;
};

}  // namespace

grpc::ServerBidiReactor<v1::RingPacket, v1::RingReply>* RingServer::Exchange(
    grpc::CallbackServerContext* /*context*/) {
  return new Receiver(&handler_);
}

}  // namespace spacemoe
