// The way from a satellite to its coordinator.
#ifndef SPACEMOE_SATELLITE_NODE_UPSTREAM_H_
#define SPACEMOE_SATELLITE_NODE_UPSTREAM_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/net/client_stream.h"
#include "satellite_node/mailbox.h"
#include "spacemoe/v1/membership.grpc.pb.h"

namespace spacemoe {

// Thread-safe.
class Upstream {
 public:
  virtual ~Upstream() = default;
  // Queues a message; never waits for the network.
  virtual void Send(v1::SatelliteMessage message) = 0;
  // Sends what is queued and ends the stream; waits for `timeout` at most.
  virtual void Close(absl::Duration timeout) = 0;
};

// The Membership stream.
class GrpcUpstream final : public Upstream {
 public:
  // Connects (waiting for `timeout` at most) and attaches. What the coordinator
  // says, and its end, goes to `mailbox`, which must outlive the result, as
  // must the loop. UNAVAILABLE names the address that could not be reached;
  // other errors are WaitConnected's. Null: no TLS.
  static absl::StatusOr<std::unique_ptr<GrpcUpstream>> Connect(
      const std::string& address, EventLoop* loop, Mailbox* mailbox,
      absl::Duration timeout = kConnectTimeout,
      const std::shared_ptr<const TlsIdentity>& identity = nullptr);

  void Send(v1::SatelliteMessage message) override {
    stream_->Queue(std::move(message));
  }
  void Close(absl::Duration timeout) override { stream_->Close(timeout); }

 private:
  using Stream = ClientStream<v1::SatelliteMessage, v1::CoordinatorMessage>;

  GrpcUpstream(std::shared_ptr<grpc::Channel> channel, EventLoop* loop,
               Mailbox* mailbox);

  const std::unique_ptr<v1::Membership::Stub> stub_;
  const std::unique_ptr<Stream> stream_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_UPSTREAM_H_
