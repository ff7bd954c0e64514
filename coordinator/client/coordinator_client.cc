#include "coordinator/client/coordinator_client.h"

#include <chrono>
#include <utility>

#include "runtime/net/grpc_settings.h"
#include "runtime/trace/link_statistics_proto.h"

namespace spacemoe {
namespace {

constexpr std::chrono::seconds kUnaryDeadline(20);

}  // namespace

// The context of a call, known to CancelAll while it lives.
class CoordinatorClient::Call {
 public:
  explicit Call(CoordinatorClient* client) : client_(client) {
    std::lock_guard<std::mutex> lock(client_->mutex_);
    client_->calls_.insert(&context_);
    context_.set_wait_for_ready(true);
    if (client_->cancelled_) context_.TryCancel();
  }
  ~Call() {
    std::lock_guard<std::mutex> lock(client_->mutex_);
    client_->calls_.erase(&context_);
  }

  grpc::ClientContext* context() { return &context_; }
  grpc::ClientContext* WithDeadline() {
    context_.set_deadline(std::chrono::system_clock::now() + kUnaryDeadline);
    return &context_;
  }

 private:
  CoordinatorClient* const client_;
  grpc::ClientContext context_;
};

CoordinatorClient::CoordinatorClient(
    const std::string& address, std::shared_ptr<const TlsIdentity> identity)
    : address_(address),
      security_{std::move(identity), NodeRole::kCoordinator},
      channel_(OpenChannel(address_, security_)),
      stub_(v1::Inference::NewStub(channel_)) {}

absl::Status CoordinatorClient::Connect(absl::Duration timeout) {
  return WaitConnected(*channel_, address_, timeout, security_);
}

absl::StatusOr<v1::DescribeReply> CoordinatorClient::Describe() {
  Call call(this);
  v1::DescribeReply reply;
  const absl::Status status =
      FromGrpc(stub_->Describe(call.WithDeadline(), {}, &reply));
  if (!status.ok()) return status;
  return reply;
}

absl::Status CoordinatorClient::WatchStartup(
    const std::function<void(const v1::StartupEvent&)>& on_event) {
  Call call(this);
  const auto reader = stub_->WatchStartup(call.context(), {});
  v1::StartupEvent event;
  while (reader->Read(&event)) on_event(event);
  return FromGrpc(reader->Finish());
}

absl::Status CoordinatorClient::Generate(
    const v1::GenerateRequest& request,
    const std::function<bool(const v1::GenerateEvent&)>& on_event) {
  Call call(this);
  const auto reader = stub_->Generate(call.context(), request);
  v1::GenerateEvent event;
  while (reader->Read(&event)) {
    if (!on_event(event)) call.context()->TryCancel();
  }
  return FromGrpc(reader->Finish());
}

absl::StatusOr<LinkStatistics> CoordinatorClient::GetLinkStatistics() {
  Call call(this);
  v1::LinkStatistics reply;
  const absl::Status status =
      FromGrpc(stub_->GetLinkStatistics(call.WithDeadline(), {}, &reply));
  if (!status.ok()) return status;
  return FromProto(reply);
}

absl::Status CoordinatorClient::GetTrace(
    const std::function<absl::Status(const v1::GetTraceReply&)>& on_reply) {
  Call call(this);
  const auto reader = stub_->GetTrace(call.context(), {});
  v1::GetTraceReply reply;
  absl::Status refused;
  while (reader->Read(&reply)) {
    if (!refused.ok()) continue;
    refused = on_reply(reply);
    if (!refused.ok()) call.context()->TryCancel();
  }
  const absl::Status status = FromGrpc(reader->Finish());
  return refused.ok() ? status : refused;
}

void CoordinatorClient::CancelAll() {
  std::lock_guard<std::mutex> lock(mutex_);
  cancelled_ = true;
  for (grpc::ClientContext* context : calls_) context->TryCancel();
}

}  // namespace spacemoe
