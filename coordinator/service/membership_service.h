// The Membership service: an adaptor between satellites' streams and the
// cluster.
#ifndef SPACEMOE_COORDINATOR_SERVICE_MEMBERSHIP_SERVICE_H_
#define SPACEMOE_COORDINATOR_SERVICE_MEMBERSHIP_SERVICE_H_

#include <functional>

#include "coordinator/core/cluster.h"
#include "spacemoe/v1/membership.grpc.pb.h"

namespace spacemoe {

struct MembershipServiceOptions {
  int64_t vocab_size = 0;
  std::function<v1::Assignment(int index, const Roster& roster)> assignment;
};

class MembershipService final : public v1::Membership::CallbackService {
 public:
  // `cluster` is borrowed and outlives the server.
  MembershipService(Cluster* cluster, MembershipServiceOptions options);

  grpc::ServerBidiReactor<v1::SatelliteMessage, v1::CoordinatorMessage>* Attach(
      grpc::CallbackServerContext* context) override;

 private:
  Cluster* const cluster_;
  const MembershipServiceOptions options_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_SERVICE_MEMBERSHIP_SERVICE_H_
