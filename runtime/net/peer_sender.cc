#include "runtime/net/peer_sender.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "runtime/tensor/packet_codec.h"

namespace spacemoe {

namespace {

absl::Status BreakReason(const PeerAddress& peer, const absl::Status& reason) {
  if (reason.ok()) {
    return absl::UnavailableError(
        absl::StrCat(peer.address, ": the peer ended the stream"));
  }
  return absl::Status(
      reason.code(),
      absl::StrCat(peer.address, ": ", std::string(reason.message())));
}

}  // namespace

PeerSender::PeerSender(PeerAddress peer, EventLoop* loop,
                       std::shared_ptr<grpc::Channel> channel,
                       BrokenHandler on_broken)
    : peer_(std::move(peer)),
      stub_(v1::Ring::NewStub(std::move(channel))),
      stream_(std::make_unique<Stream>(
          loop,
          [this](grpc::ClientContext* context, grpc::CompletionQueue* queue) {
            return stub_->PrepareAsyncExchange(context, queue);
          },
          Stream::Handlers{
              .on_broken = [this, on_broken = std::move(on_broken)](
                               const absl::Status& reason) {
                on_broken(peer_.satellite, BreakReason(peer_, reason));
              }})) {}

absl::Status PeerSender::Send(const Packet& packet) {
  v1::RingPacket wire;
  SPACEMOE_RETURN_IF_ERROR(EncodePacket(packet, &wire));
  stream_->Queue(std::move(wire));
  return absl::OkStatus();
}

absl::Status PeerSender::Close(absl::Duration timeout) {
  if (stream_->Close(timeout)) return absl::OkStatus();
  return absl::DeadlineExceededError(
      absl::StrCat(peer_.address, ": the stream does not end"));
}

absl::StatusOr<std::vector<std::unique_ptr<PeerSender>>> ConnectPeers(
    const std::vector<PeerAddress>& peers, EventLoop* loop,
    const BrokenHandler& on_broken, absl::Duration timeout,
    const std::shared_ptr<const TlsIdentity>& identity) {
  const ChannelSecurity security{identity, NodeRole::kSatellite};
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (const PeerAddress& peer : peers)
    channels.push_back(OpenChannel(peer.address, security));
  const absl::Time deadline = absl::Now() + timeout;
  std::vector<std::unique_ptr<PeerSender>> senders;
  for (size_t i = 0; i < peers.size(); ++i) {
    absl::Status connected = WaitConnected(*channels[i], peers[i].address,
                                           deadline - absl::Now(), security);
    if (!connected.ok()) {
      return absl::Status(connected.code(),
                          absl::StrCat("satellite ", peers[i].satellite, ": ",
                                       std::string(connected.message())));
    }
    senders.push_back(
        std::make_unique<PeerSender>(peers[i], loop, channels[i], on_broken));
  }
  return senders;
}

}  // namespace spacemoe
