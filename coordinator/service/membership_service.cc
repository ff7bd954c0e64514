#include "coordinator/service/membership_service.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "coordinator/service/convert.h"
#include "coordinator/service/message_queue.h"
#include "runtime/base/clock.h"
#include "runtime/base/status_macros.h"
#include "runtime/net/grpc_settings.h"
#include "runtime/trace/link_statistics_proto.h"

namespace spacemoe {
namespace {

// One satellite's stream. Deletes itself when gRPC is done with it.
class AttachReactor final
    : public grpc::ServerBidiReactor<v1::SatelliteMessage,
                                     v1::CoordinatorMessage>,
      public SatelliteLink {
 public:
  AttachReactor(Cluster* cluster, const MembershipServiceOptions* options)
      : cluster_(cluster), options_(options) {
    StartRead(&incoming_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Leave("its process ended or its connection broke");
      queue_.Finish(grpc::Status::OK);
      return;
    }
    const absl::Status status = Handle(incoming_);
    if (!status.ok()) {
      Leave(std::string(status.message()));
      queue_.Finish(ToGrpc(status));
      return;
    }
    StartRead(&incoming_);
  }

  void OnWriteDone(bool ok) override { queue_.OnWritten(ok); }

  void OnCancel() override {
    Leave("its connection broke");
    queue_.Finish(grpc::Status::CANCELLED);
  }

  void OnDone() override {
    Leave("its connection broke");
    delete this;
  }

  void Assign(int index, const Roster& roster) override {
    v1::CoordinatorMessage message;
    *message.mutable_assignment() = options_->assignment(index, roster);
    Send(std::move(message));
  }

  void Inject(const SequenceOrder& order) override {
    v1::CoordinatorMessage message;
    *message.mutable_inject() = ToProto(order);
    Send(std::move(message));
  }

  void Release(uint64_t sequence) override {
    v1::CoordinatorMessage message;
    message.mutable_release()->set_sequence(sequence);
    Send(std::move(message));
  }

  void RequestStatistics(bool restart) override {
    v1::CoordinatorMessage message;
    message.mutable_statistics_request()->set_restart(restart);
    Send(std::move(message));
  }

  void Shutdown(const std::string& reason) override {
    v1::CoordinatorMessage message;
    message.mutable_shutdown()->set_reason(reason);
    Send(std::move(message));
    queue_.Finish(grpc::Status::OK);
  }

 private:
  void Send(v1::CoordinatorMessage message) {
    queue_.Push(
        std::make_shared<const v1::CoordinatorMessage>(std::move(message)));
  }

  absl::Status Handle(const v1::SatelliteMessage& message) {
    if (message.has_hello()) return OnHello(message.hello());
    if (!joined_) {
      return absl::FailedPreconditionError(
          "a satellite's first message must be Hello");
    }
    switch (message.message_case()) {
      case v1::SatelliteMessage::kReady:
        return cluster_->OnReady(index_);
      case v1::SatelliteMessage::kTokens:
        return OnTokens(message.tokens());
      case v1::SatelliteMessage::kFault:
        cluster_->OnFault(index_, FromProto(message.fault()));
        return absl::OkStatus();
      case v1::SatelliteMessage::kClockProbe:
        Answer(message.clock_probe());
        return absl::OkStatus();
      case v1::SatelliteMessage::kClockReport:
        cluster_->OnClockReport(index_,
                                message.clock_report().uncertainty_ns());
        return absl::OkStatus();
      case v1::SatelliteMessage::kLinkStatistics:
        return OnStatistics(message.link_statistics());
      default:
        return absl::InvalidArgumentError("an empty message");
    }
  }

  void Answer(const v1::ClockProbe& probe) {
    v1::CoordinatorMessage message;
    message.mutable_clock_reply()->set_sent_ns(probe.sent_ns());
    message.mutable_clock_reply()->set_coordinator_ns(MonotonicNanos());
    Send(std::move(message));
  }

  absl::Status OnHello(const v1::Hello& hello) {
    if (joined_) {
      return absl::FailedPreconditionError("a second Hello on one stream");
    }
    const auto index = cluster_->Register(FromProto(hello), this);
    if (!index.ok()) return index.status();
    index_ = *index;
    joined_ = true;
    return absl::OkStatus();
  }

  absl::Status OnTokens(const v1::TokenEvents& events) {
    for (const v1::TokenEvent& event : events.tokens())
      SPACEMOE_RETURN_IF_ERROR(OnToken(event));
    return absl::OkStatus();
  }

  absl::Status OnToken(const v1::TokenEvent& event) {
    if (event.logits().empty()) {
      cluster_->OnToken(TokenFromProto(event));
      return absl::OkStatus();
    }
    const auto logits = LogitsFromProto(event, options_->vocab_size);
    if (!logits.ok()) return logits.status();
    cluster_->OnLogits(*logits);
    return absl::OkStatus();
  }

  absl::Status OnStatistics(const v1::LinkStatistics& proto) {
    const auto statistics = FromProto(proto);
    if (!statistics.ok()) return statistics.status();
    cluster_->OnStatistics(index_, *statistics);
    return absl::OkStatus();
  }

  void Leave(const std::string& reason) {
    if (!joined_ || left_.exchange(true)) return;
    cluster_->OnDisconnected(index_, reason);
  }

  Cluster* const cluster_;
  const MembershipServiceOptions* const options_;
  v1::SatelliteMessage incoming_;
  // Written by reads, which come one at a time, before the cluster knows the
  // satellite; Leave may come from other threads later.
  std::atomic<bool> joined_ = false;
  std::atomic<int> index_ = -1;
  std::atomic<bool> left_ = false;
  MessageQueue<v1::CoordinatorMessage> queue_{
      [this](const v1::CoordinatorMessage* message) { StartWrite(message); },
      [this](const grpc::Status& status) { Finish(status); }};
};

}  // namespace

MembershipService::MembershipService(Cluster* cluster,
                                     MembershipServiceOptions options)
    : cluster_(cluster), options_(std::move(options)) {}

grpc::ServerBidiReactor<v1::SatelliteMessage, v1::CoordinatorMessage>*
MembershipService::Attach(grpc::CallbackServerContext*) {
  return new AttachReactor(cluster_, &options_);
}

}  // namespace spacemoe
