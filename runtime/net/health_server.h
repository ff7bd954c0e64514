// gRPC's health service: whether this process serves.
#ifndef SPACEMOE_RUNTIME_NET_HEALTH_SERVER_H_
#define SPACEMOE_RUNTIME_NET_HEALTH_SERVER_H_

#include <mutex>
#include <set>

#include "grpc/health/v1/health.grpc.pb.h"
#include "runtime/net/event_loop.h"
#include "runtime/net/loop_service.h"

namespace spacemoe {

// ServerHost hosts it, on its loop: gRPC's own implementation needs two more
// threads a process. Knows one service, "", which is the whole process; Check
// of another is NOT_FOUND, Watch tells SERVICE_UNKNOWN. Thread-safe.
class HealthServer final : public LoopService {
 public:
  grpc::Service* service() override { return &service_; }

  // NOT_SERVING until told otherwise. Never waits for the network.
  void SetServing(bool serving);

  void Serve(EventLoop* loop) override;

 private:
  class CheckCall;
  class WatchCall;

  grpc::health::v1::Health::AsyncService service_;

  std::mutex mutex_;  // protects what follows
  bool serving_ = false;
  std::set<WatchCall*> watches_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_HEALTH_SERVER_H_
