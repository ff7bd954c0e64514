#include "coordinator/service/membership_service.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "coordinator/service/convert.h"
#include "coordinator/service/message_queue.h"
#include "runtime/base/clock.h"
#include "runtime/base/status_macros.h"
#include "runtime/net/grpc_settings.h"
#include "runtime/trace/link_statistics_proto.h"

namespace spacemoe {

// One satellite's stream, from waiting for it to its end. Deletes itself.
//
// Handlers run one after another on the loop. A read is under way until the
// satellite ends the stream, at most one write, and at last Finish: the stream
// goes when the last of them has come back.
class MembershipService::AttachStream final : public SatelliteLink {
 public:
  static void Await(MembershipService* service, EventLoop* loop) {
    auto* stream = new AttachStream(service, loop);
    service->service_.RequestAttach(&stream->context_, &stream->stream_,
                                    loop->queue(), loop->server_queue(),
                                    &stream->on_accepted_);
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

  void RequestTrace() override {
    v1::CoordinatorMessage message;
    message.mutable_trace_request();
    Send(std::move(message));
  }

  void Shutdown(const std::string& reason) override {
    v1::CoordinatorMessage message;
    message.mutable_shutdown()->set_reason(reason);
    Send(std::move(message));
    queue_.Finish(grpc::Status::OK);
  }

 private:
  AttachStream(MembershipService* service, EventLoop* loop)
      : service_(service),
        cluster_(service->cluster_),
        options_(&service->options_),
        loop_(loop),
        count_(service),
        stream_(&context_) {}

  void OnAccepted(bool ok) {
    if (!ok) return Delete();  // the server shuts down
    Await(service_, loop_);
    Read();
  }

  void Read() {
    ++pending_;
    stream_.Read(&incoming_, &on_read_);
  }

  void OnRead(bool ok) {
    const absl::Status status = ok ? Handle(incoming_) : absl::OkStatus();
    if (ok && status.ok()) {
      Read();
    } else {
      Leave(ok ? std::string(status.message())
               : "its process ended or its connection broke");
      queue_.Finish(ToGrpc(status));
    }
    OnEnded();
  }

  void OnWritten(bool ok) {
    queue_.OnWritten(ok);
    OnEnded();
  }

  void OnFinished() {
    finished_ = true;
    OnEnded();
  }

  // One of the operations has come back.
  void OnEnded() {
    if (--pending_ == 0 && finished_) Delete();
  }

  void Delete() { delete this; }

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
      case v1::SatelliteMessage::kTrace:
        cluster_->OnTrace(index_, FromProto(message.trace()));
        return absl::OkStatus();
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
    if (!joined_ || std::exchange(left_, true)) return;
    cluster_->OnDisconnected(index_, reason);
  }

  MembershipService* const service_;
  Cluster* const cluster_;
  const MembershipServiceOptions* const options_;
  EventLoop* const loop_;
  const CallCount count_;
  EventHandler on_accepted_ = [this](bool ok) { OnAccepted(ok); };
  EventHandler on_read_ = [this](bool ok) { OnRead(ok); };
  EventHandler on_written_ = [this](bool ok) { OnWritten(ok); };
  EventHandler on_finished_ = [this](bool) { OnFinished(); };
  grpc::ServerContext context_;
  grpc::ServerAsyncReaderWriter<v1::CoordinatorMessage, v1::SatelliteMessage>
      stream_;
  v1::SatelliteMessage incoming_;

  // Written by the loop; the cluster's calls come from any thread.
  bool joined_ = false;
  bool left_ = false;
  bool finished_ = false;
  int index_ = -1;
  std::atomic<int> pending_ = 0;  // operations that have not come back
  MessageQueue<v1::CoordinatorMessage> queue_{
      [this](const v1::CoordinatorMessage* message) {
        ++pending_;
        stream_.Write(*message, &on_written_);
      },
      [this](const grpc::Status& status) {
        ++pending_;
        stream_.Finish(status, &on_finished_);
      }};
};

void MembershipService::Serve(EventLoop* loop) {
  AttachStream::Await(this, loop);
}

}  // namespace spacemoe
