// The coordinator of one plan, listening.
#ifndef SPACEMOE_COORDINATOR_SERVICE_SERVER_H_
#define SPACEMOE_COORDINATOR_SERVICE_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "coordinator/api/api_server.h"
#include "coordinator/core/cluster.h"
#include "coordinator/core/deferrer.h"
#include "coordinator/metrics/http_metrics.h"
#include "coordinator/metrics/ring_metrics.h"
#include "coordinator/metrics/routes.h"
#include "coordinator/options/api_options.h"
#include "coordinator/options/ring_options.h"
#include "coordinator/planning/plan.h"
#include "coordinator/service/assignment.h"
#include "coordinator/service/inference_service.h"
#include "coordinator/service/membership_service.h"
#include "coordinator/text/text_codec.h"
#include "models/checkpoint/checkpoint.h"
#include "runtime/http/router.h"
#include "runtime/http/server.h"
#include "runtime/net/health_server.h"
#include "runtime/net/server_host.h"
#include "runtime/tls/identity.h"

namespace spacemoe {

struct CoordinatorOptions {
  std::string model;   // path
  std::string listen;  // runtime/net/address.h
  RingOptions ring;
  std::shared_ptr<const TlsIdentity> identity;  // null: no TLS
  ApiSettings api;
  // HOST:PORT for /health, /metrics and /sd; empty: not served.
  std::string metrics_listen;
  ReadinessRules readiness;
};

class CoordinatorServer {
 public:
  // Opens the checkpoint (headers and tokenizer; no weights), plans, listens.
  // FAILED_PRECONDITION when the plan does not fit.
  static absl::StatusOr<std::unique_ptr<CoordinatorServer>> Start(
      const CoordinatorOptions& options);
  // Tells the satellites to leave and ends every stream.
  ~CoordinatorServer();

  const std::string& address() const { return host_->address(); }
  const Plan& plan() const { return plan_; }
  // Null without an API.
  const ApiServer* api() const { return api_.get(); }

  // "127.0.0.1:9090", with the port that was chosen; empty: not served.
  std::string metrics_address() const;

 private:
  CoordinatorServer(const CoordinatorOptions& options,
                    std::unique_ptr<Checkpoint> checkpoint, Plan plan,
                    RunSettings settings);
  ClusterOptions MakeClusterOptions(const CoordinatorOptions& options);
  Observability observability() const;
  std::function<void(const HttpRecord&)> HttpObserver();
  absl::Status StartApi();
  absl::Status ServeMetrics(const std::string& listen);
  MembershipServiceOptions MakeMembershipOptions() const;
  v1::DescribeReply MakeDescription() const;

  const std::unique_ptr<Checkpoint> checkpoint_;
  const Plan plan_;
  const RunSettings settings_;
  const ApiSettings api_settings_;
  const std::unique_ptr<TextCodec> codec_;
  RingMetrics metrics_;
  HttpMetrics http_metrics_;
  HealthServer health_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<MembershipService> membership_;
  std::unique_ptr<InferenceService> inference_;
  std::unique_ptr<ThreadDeferrer> deferrer_;
  std::unique_ptr<ServerHost> host_;
  HttpRouter router_;
  std::unique_ptr<HttpServer> metrics_server_;
  std::unique_ptr<ApiServer> api_;  // null without one
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_SERVICE_SERVER_H_
