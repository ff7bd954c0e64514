#include "runtime/net/ring_server.h"

#include "runtime/base/log.h"
#include "runtime/net/grpc_settings.h"
#include "runtime/tensor/packet_codec.h"

namespace spacemoe {

// One stream, from waiting for it to its end. Deletes itself.
class RingServer::Receiver {
 public:
  static void Await(RingServer* server, EventLoop* loop) {
    auto* receiver = new Receiver(server, loop);
    server->service_.RequestExchange(&receiver->context_, &receiver->stream_,
                                     loop->queue(), loop->server_queue(),
                                     &receiver->on_accepted_);
  }

 private:
  Receiver(RingServer* server, EventLoop* loop)
      : server_(server), loop_(loop), count_(server), stream_(&context_) {}

  void OnAccepted(bool ok) {
    if (!ok) return Delete();  // the server shuts down
    Await(server_, loop_);
    stream_.Read(&wire_, &on_read_);
  }

  void OnRead(bool ok) {
    const absl::Status status = ok ? HandlePacket() : absl::OkStatus();
    if (ok && status.ok()) return stream_.Read(&wire_, &on_read_);
    stream_.Finish(ToGrpc(status), &on_finished_);
  }

  absl::Status HandlePacket() {
    absl::StatusOr<Packet> packet = DecodePacket(wire_);
    absl::Status status =
        packet.ok() ? server_->handler_(*std::move(packet)) : packet.status();
    if (!status.ok()) LogInfo("refused a packet: " + status.ToString());
    return status;
  }

  void Delete() { delete this; }

  RingServer* const server_;
  EventLoop* const loop_;
  const CallCount count_;
  EventHandler on_accepted_ = [this](bool ok) { OnAccepted(ok); };
  EventHandler on_read_ = [this](bool ok) { OnRead(ok); };
  EventHandler on_finished_ = [this](bool) { Delete(); };
  grpc::ServerContext context_;
  grpc::ServerAsyncReaderWriter<v1::RingReply, v1::RingPacket> stream_;
  v1::RingPacket wire_;
};

void RingServer::Serve(EventLoop* loop) { Receiver::Await(this, loop); }

}  // namespace spacemoe
