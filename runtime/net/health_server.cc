#include "runtime/net/health_server.h"

#include <string>
#include <utility>

namespace spacemoe {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

namespace {

HealthCheckResponse::ServingStatus StatusOf(bool serving) {
  return serving ? HealthCheckResponse::SERVING
                 : HealthCheckResponse::NOT_SERVING;
}

}  // namespace

// From waiting for a call to its end. Deletes itself.
class HealthServer::CheckCall final {
 public:
  static void Await(HealthServer* server, EventLoop* loop) {
    auto* call = new CheckCall(server, loop);
    server->service_.RequestCheck(&call->context_, &call->request_,
                                  &call->writer_, loop->queue(),
                                  loop->server_queue(), &call->on_accepted_);
  }

 private:
  CheckCall(HealthServer* server, EventLoop* loop)
      : server_(server), count_(server), loop_(loop), writer_(&context_) {}

  void OnAccepted(bool ok) {
    if (!ok) return Delete();  // the server shuts down
    Await(server_, loop_);
    if (!request_.service().empty()) {
      return writer_.FinishWithError(
          grpc::Status(grpc::StatusCode::NOT_FOUND,
                       "no service '" + request_.service() +
                           "', expected '' for the process"),
          &on_finished_);
    }
    HealthCheckResponse response;
    {
      const std::lock_guard lock(server_->mutex_);
      response.set_status(StatusOf(server_->serving_));
    }
    writer_.Finish(response, grpc::Status::OK, &on_finished_);
  }

  void Delete() { delete this; }

  HealthServer* const server_;
  const CallCount count_;
  EventLoop* const loop_;
  EventHandler on_accepted_ = [this](bool ok) { OnAccepted(ok); };
  EventHandler on_finished_ = [this](bool) { Delete(); };
  grpc::ServerContext context_;
  HealthCheckRequest request_;
  grpc::ServerAsyncResponseWriter<HealthCheckResponse> writer_;
};

// Writes each change until the client goes. Deletes itself.
class HealthServer::WatchCall final {
 public:
  static void Await(HealthServer* server, EventLoop* loop) {
    auto* call = new WatchCall(server, loop);
    call->context_.AsyncNotifyWhenDone(&call->on_done_);
    server->service_.RequestWatch(&call->context_, &call->request_,
                                  &call->writer_, loop->queue(),
                                  loop->server_queue(), &call->on_accepted_);
  }

  // With the server's mutex held.
  void Continue() {
    if (writing_) return;
    if (done_) {
      if (!std::exchange(finishing_, true))
        writer_.Finish(grpc::Status::CANCELLED, &on_finished_);
      return;
    }
    HealthCheckResponse response;
    response.set_status(request_.service().empty()
                            ? StatusOf(server_->serving_)
                            : HealthCheckResponse::SERVICE_UNKNOWN);
    if (response.status() == written_) return;
    written_ = response.status();
    writing_ = true;
    writer_.Write(response, &on_written_);
  }

 private:
  WatchCall(HealthServer* server, EventLoop* loop)
      : server_(server), count_(server), loop_(loop), writer_(&context_) {}

  void OnAccepted(bool ok) {
    if (!ok) return Delete();  // the server shuts down; no end will be told
    Await(server_, loop_);
    const std::lock_guard lock(server_->mutex_);
    server_->watches_.insert(this);
    Continue();
  }

  void OnWritten() {
    const std::lock_guard lock(server_->mutex_);
    writing_ = false;
    Continue();
  }

  void OnDone() {
    const std::lock_guard lock(server_->mutex_);
    server_->watches_.erase(this);
    done_ = true;
    Continue();
  }

  void Delete() { delete this; }

  HealthServer* const server_;
  const CallCount count_;
  EventLoop* const loop_;
  EventHandler on_accepted_ = [this](bool ok) { OnAccepted(ok); };
  EventHandler on_written_ = [this](bool) { OnWritten(); };
  EventHandler on_done_ = [this](bool) { OnDone(); };
  EventHandler on_finished_ = [this](bool) { Delete(); };
  grpc::ServerContext context_;
  HealthCheckRequest request_;
  grpc::ServerAsyncWriter<HealthCheckResponse> writer_;

  // Protected by the server's mutex.
  HealthCheckResponse::ServingStatus written_ = HealthCheckResponse::UNKNOWN;
  bool writing_ = false;
  bool done_ = false;  // the client is gone, or the server shuts down
  bool finishing_ = false;
};

void HealthServer::SetServing(bool serving) {
  const std::lock_guard lock(mutex_);
  serving_ = serving;
  for (WatchCall* watch : watches_) watch->Continue();
}

void HealthServer::Serve(EventLoop* loop) {
  CheckCall::Await(this, loop);
  WatchCall::Await(this, loop);
}

}  // namespace spacemoe
