#include "coordinator/service/inference_service.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "coordinator/service/convert.h"
#include "coordinator/service/message_queue.h"
#include "runtime/base/status_macros.h"
#include "runtime/net/grpc_settings.h"
#include "runtime/trace/link_statistics_proto.h"

namespace spacemoe {
namespace {

// A client's stream of events. Deletes itself when gRPC is done with it; the
// derived class makes sure before that nobody writes any more.
template <typename Event>
class EventStream : public grpc::ServerWriteReactor<Event> {
 public:
  void OnWriteDone(bool ok) override { queue_.OnWritten(ok); }
  void OnCancel() override {
    Abandon();
    queue_.Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override {
    Abandon();
    delete this;
  }

 protected:
  virtual void Abandon() = 0;

  void Send(Event event) {
    queue_.Push(std::make_shared<const Event>(std::move(event)));
  }
  void End(const absl::Status& status) { queue_.Finish(ToGrpc(status)); }

 private:
  MessageQueue<Event> queue_{
      [this](const Event* event) { this->StartWrite(event); },
      [this](const grpc::Status& status) { this->Finish(status); }};
};

class StartupReactor final : public EventStream<v1::StartupEvent>,
                             public StartupWatcher {
 public:
  explicit StartupReactor(Cluster* cluster) : cluster_(cluster) {
    cluster_->Watch(this);
  }

  void OnProgress(const StartupProgress& progress) override {
    Send(ToProto(progress));
  }
  void OnStarted(const absl::Status& status) override { End(status); }

 private:
  void Abandon() override { cluster_->Forget(this); }

  Cluster* const cluster_;
};

class GenerateReactor final : public EventStream<v1::GenerateEvent>,
                              public SequenceSink {
 public:
  GenerateReactor(Cluster* cluster, const TextCodec* codec,
                  const v1::GenerateRequest& request)
      : cluster_(cluster) {
    const absl::Status status = Begin(*codec, request);
    if (!status.ok()) End(status);
  }

  void OnAdmitted(const std::vector<int64_t>& prompt) override {
    Send(AdmittedToProto(prompt));
  }
  void OnToken(const TokenReport& token, const std::string& text) override {
    Send(ToProto(token, text));
  }
  void OnLogits(const LogitsReport& logits) override { Send(ToProto(logits)); }
  void OnFinished(const FinishReport& finish) override {
    Send(ToProto(finish));
    End(absl::OkStatus());
  }
  void OnError(const absl::Status& status) override { End(status); }

 private:
  absl::Status Begin(const TextCodec& codec,
                     const v1::GenerateRequest& request) {
    SPACEMOE_ASSIGN_OR_RETURN(const Prompt prompt, PromptFromProto(request));
    SequenceSpec spec = SpecFromProto(request);
    SPACEMOE_ASSIGN_OR_RETURN(spec.prompt, codec.Encode(prompt));
    SPACEMOE_ASSIGN_OR_RETURN(const uint64_t sequence,
                              cluster_->Start(std::move(spec), this));
    sequence_ = sequence;
    return absl::OkStatus();
  }

  void Abandon() override {
    if (sequence_ != 0) cluster_->Cancel(sequence_);
  }

  Cluster* const cluster_;
  std::atomic<uint64_t> sequence_ = 0;  // 0: never started
};

// Everything is queued at once: the coordinator had it in memory anyway.
class TraceReactor final : public EventStream<v1::GetTraceReply> {
 public:
  // Once, whatever becomes of the client: the stream lives until then.
  void Deliver(const v1::TraceHeader& header,
               absl::StatusOr<StoredTrace> trace) {
    if (trace.ok()) SendAll(header, *std::move(trace));
    End(trace.status());
  }
  void OnCancel() override {}

 private:
  void Abandon() override {}

  void SendAll(const v1::TraceHeader& header, StoredTrace trace) {
    v1::GetTraceReply first;
    *first.mutable_header() = header;
    first.mutable_header()->set_dropped(trace.dropped);
    Send(std::move(first));
    for (StoredTrace::Batch& batch : trace.batches) {
      v1::GetTraceReply reply;
      reply.mutable_satellite()->set_index(batch.index);
      reply.mutable_satellite()->set_batch(std::move(batch.bytes));
      Send(std::move(reply));
    }
  }
};

}  // namespace

InferenceService::InferenceService(Cluster* cluster, const TextCodec* codec,
                                   v1::DescribeReply description,
                                   v1::TraceHeader trace)
    : cluster_(cluster),
      codec_(codec),
      description_(std::move(description)),
      trace_(std::move(trace)) {}

grpc::ServerUnaryReactor* InferenceService::Describe(
    grpc::CallbackServerContext* context, const v1::DescribeRequest*,
    v1::DescribeReply* reply) {
  *reply = description_;
  const ClockState clocks = cluster_->clocks();
  reply->set_remote_clocks(clocks.remote);
  reply->set_clock_uncertainty_ns(clocks.uncertainty_ns);
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerWriteReactor<v1::StartupEvent>* InferenceService::WatchStartup(
    grpc::CallbackServerContext*, const v1::WatchStartupRequest*) {
  return new StartupReactor(cluster_);
}

grpc::ServerWriteReactor<v1::GenerateEvent>* InferenceService::Generate(
    grpc::CallbackServerContext*, const v1::GenerateRequest* request) {
  return new GenerateReactor(cluster_, codec_, *request);
}

grpc::ServerUnaryReactor* InferenceService::GetLinkStatistics(
    grpc::CallbackServerContext* context, const v1::LinkStatisticsRequest*,
    v1::LinkStatistics* reply) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  cluster_->GatherStatistics(
      [reactor, reply](absl::StatusOr<LinkStatistics> statistics) {
        if (statistics.ok()) *reply = ToProto(*statistics);
        reactor->Finish(ToGrpc(statistics.status()));
      });
  return reactor;
}

grpc::ServerWriteReactor<v1::GetTraceReply>* InferenceService::GetTrace(
    grpc::CallbackServerContext*, const v1::GetTraceRequest*) {
  auto* const reactor = new TraceReactor;
  cluster_->GatherTrace([this, reactor](absl::StatusOr<StoredTrace> trace) {
    reactor->Deliver(trace_, std::move(trace));
  });
  return reactor;
}

}  // namespace spacemoe
