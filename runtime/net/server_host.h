// A gRPC server on one address.
#ifndef SPACEMOE_RUNTIME_NET_SERVER_HOST_H_
#define SPACEMOE_RUNTIME_NET_SERVER_HOST_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"

namespace spacemoe {

class ServerHost {
 public:
  struct Options {
    std::string address;  // see address.h; port 0: any free one
    std::vector<grpc::Service*> services;  // borrowed; outlive the host
  };

  // Listens at once. ALREADY_EXISTS when the address is in use, else the
  // reason why it can't be listened on; both name it.
  static absl::StatusOr<std::unique_ptr<ServerHost>> Start(
      const Options& options);

  // Streams that are still open are cancelled.
  ~ServerHost();

  // With the port that was chosen.
  const std::string& address() const { return address_; }

  // No new streams; after `grace` the open ones are cancelled. Blocks until
  // all of them have ended. Once.
  void Shutdown(absl::Duration grace);

 private:
  ServerHost(std::unique_ptr<grpc::Server> server, std::string address);

  const std::unique_ptr<grpc::Server> server_;
  const std::string address_;
  bool shut_down_ = false;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_SERVER_HOST_H_
