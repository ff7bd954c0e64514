#include "satellite_node/upstream.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace spacemoe {

absl::StatusOr<std::unique_ptr<GrpcUpstream>> GrpcUpstream::Connect(
    const std::string& address, EventLoop* loop, Mailbox* mailbox,
    absl::Duration timeout) {
  std::shared_ptr<grpc::Channel> channel = OpenChannel(address);
  const absl::Status connected = WaitConnected(*channel, address, timeout);
  if (!connected.ok()) {
    return absl::UnavailableError(absl::StrCat(
        "the coordinator does not answer: ", std::string(connected.message())));
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
