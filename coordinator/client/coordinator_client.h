// A client of the coordinator's Inference service.
#ifndef SPACEMOE_COORDINATOR_CLIENT_COORDINATOR_CLIENT_H_
#define SPACEMOE_COORDINATOR_CLIENT_COORDINATOR_CLIENT_H_

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/net/credentials.h"
#include "runtime/tls/identity.h"
#include "runtime/trace/link_statistics.h"
#include "spacemoe/v1/inference.grpc.pb.h"

namespace spacemoe {

// Thread-safe; every call blocks until it is done. UNAVAILABLE: the
// coordinator or a satellite is gone, the message says which.
class CoordinatorClient {
 public:
  // `address` as in runtime/net/address.h; a null identity: no TLS. Starts
  // connecting.
  explicit CoordinatorClient(
      const std::string& address,
      std::shared_ptr<const TlsIdentity> identity = nullptr);

  // Until connected; errors as WaitConnected's. Not needed before a call, but
  // calls wait forever for a coordinator that refuses this client.
  absl::Status Connect(absl::Duration timeout);

  absl::StatusOr<v1::DescribeReply> Describe();

  // Returns once the ring works, or why it doesn't.
  absl::Status WatchStartup(
      const std::function<void(const v1::StartupEvent&)>& on_event);

  // CANCELLED when `on_event` returns false.
  absl::Status Generate(
      const v1::GenerateRequest& request,
      const std::function<bool(const v1::GenerateEvent&)>& on_event);

  absl::StatusOr<LinkStatistics> GetLinkStatistics();

  // What the satellites have recorded since the last call. The first error of
  // `on_reply` ends it.
  absl::Status GetTrace(
      const std::function<absl::Status(const v1::GetTraceReply&)>& on_reply);

  // Ends every call with CANCELLED, later ones too.
  void CancelAll();

 private:
  class Call;

  const std::string address_;
  const ChannelSecurity security_;
  const std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Inference::Stub> stub_;
  std::mutex mutex_;
  // Protected by mutex_.
  bool cancelled_ = false;
  std::set<grpc::ClientContext*> calls_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_CLIENT_COORDINATOR_CLIENT_H_
