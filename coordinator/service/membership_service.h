// The Membership service: an adaptor between satellites' streams and the
// cluster.
#ifndef SPACEMOE_COORDINATOR_SERVICE_MEMBERSHIP_SERVICE_H_
#define SPACEMOE_COORDINATOR_SERVICE_MEMBERSHIP_SERVICE_H_

#include <functional>
#include <utility>

#include "coordinator/core/cluster.h"
#include "runtime/net/loop_service.h"
#include "spacemoe/v1/membership.grpc.pb.h"

namespace spacemoe {

struct MembershipServiceOptions {
  int64_t vocab_size = 0;
  std::function<v1::Assignment(int index, const Roster& roster)> assignment;
};

class MembershipService final : public LoopService {
 public:
  // `cluster` is borrowed and outlives the server.
  MembershipService(Cluster* cluster, MembershipServiceOptions options)
      : cluster_(cluster), options_(std::move(options)) {}

  grpc::Service* service() override { return &service_; }
  void Serve(EventLoop* loop) override;

 private:
  class AttachStream;

  Cluster* const cluster_;
  const MembershipServiceOptions options_;
  v1::Membership::AsyncService service_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_SERVICE_MEMBERSHIP_SERVICE_H_
