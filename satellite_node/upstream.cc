#include "satellite_node/upstream.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace spacemoe {

absl::StatusOr<std::unique_ptr<GrpcUpstream>> GrpcUpstream::Connect(
    const std::string& address, EventLoop* loop, Mailbox* mailbox,
    absl::Duration timeout,
    const std::shared_ptr<const TlsIdentity>& identity) {
  const ChannelSecurity security{identity, NodeRole::kCoordinator};
  std::shared_ptr<grpc::Channel> channel = OpenChannel(address, security);
  const absl::Status connected =
      WaitConnected(*channel, address, timeout, security);
  if (!connected.ok()) {
    return absl::Status(connected.code(),
                        absl::StrCat(absl::IsUnavailable(connected)
                                         ? "the coordinator does not answer: "
                                         : "no way to the coordinator: ",
                                     std::string(connected.message())));
  }
  return std::unique_ptr<GrpcUpstream>(
      new GrpcUpstream(std::move(channel), loop, mailbox));
}

GrpcUpstream::GrpcUpstream(std::shared_ptr<grpc::Channel> channel,
                           EventLoop* loop, Mailbox* mailbox)
    : stub_(v1::Membership::NewStub(std::move(channel))),
      stream_(std::make_unique<Stream>(
          loop,
          [this](grpc::ClientContext* context, grpc::CompletionQueue* queue) {
            return stub_->PrepareAsyncAttach(context, queue);
          },
          Stream::Handlers{
              .on_message =
                  [mailbox](const v1::CoordinatorMessage& message) {
                    mailbox->Push(message);
                  },
              .on_broken =
                  [mailbox](const absl::Status& reason) {
                    mailbox->Push(CoordinatorGone{reason});
                  }})) {}

}  // namespace spacemoe
