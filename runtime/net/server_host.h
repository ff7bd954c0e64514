// A gRPC server on one address.
#ifndef SPACEMOE_RUNTIME_NET_SERVER_HOST_H_
#define SPACEMOE_RUNTIME_NET_SERVER_HOST_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "runtime/net/event_loop.h"
#include "runtime/net/loop_service.h"
#include "runtime/tls/identity.h"

namespace spacemoe {

class ServerHost {
 public:
  struct Options {
    std::string address;  // see address.h; port 0: any free one
    // Borrowed; they outlive the host.
    std::vector<grpc::Service*> services;  // of gRPC's callback API
    std::vector<LoopService*> looped;      // run by a loop of the host's
    std::shared_ptr<const TlsIdentity> identity = nullptr;  // null: no TLS
  };

  // Listens at once. ALREADY_EXISTS when the address is in use, else the
  // reason why it can't be listened on; both name it.
  static absl::StatusOr<std::unique_ptr<ServerHost>> Start(
      const Options& options);

  // Streams that are still open are cancelled.
  ~ServerHost();

  // With the port that was chosen.
  const std::string& address() const { return address_; }

  // Null without a service that it runs.
  EventLoop* loop() const { return loop_.get(); }

  // No new streams; after `grace` the open ones are cancelled. Blocks until
  // all of them have ended. Once.
  void Shutdown(absl::Duration grace);

 private:
  ServerHost(std::unique_ptr<grpc::Server> server,
             std::unique_ptr<EventLoop> loop, const Options& options,
             std::string address);

  const std::unique_ptr<grpc::Server> server_;
  // Goes before the server, which its last events still ask.
  const std::unique_ptr<EventLoop> loop_;
  const std::vector<LoopService*> looped_;
  const std::string address_;
  bool shut_down_ = false;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_SERVER_HOST_H_
