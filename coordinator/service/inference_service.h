// The Inference service: an adaptor between clients and the cluster.
#ifndef SPACEMOE_COORDINATOR_SERVICE_INFERENCE_SERVICE_H_
#define SPACEMOE_COORDINATOR_SERVICE_INFERENCE_SERVICE_H_

#include "coordinator/core/cluster.h"
#include "coordinator/text/text_codec.h"
#include "spacemoe/v1/inference.grpc.pb.h"

namespace spacemoe {

class InferenceService final : public v1::Inference::CallbackService {
 public:
  // `cluster` and `codec` are borrowed and outlive the server.
  InferenceService(Cluster* cluster, const TextCodec* codec,
                   v1::DescribeReply description, v1::TraceHeader trace);

  grpc::ServerUnaryReactor* Describe(grpc::CallbackServerContext* context,
                                     const v1::DescribeRequest* request,
                                     v1::DescribeReply* reply) override;
  grpc::ServerWriteReactor<v1::StartupEvent>* WatchStartup(
      grpc::CallbackServerContext* context,
      const v1::WatchStartupRequest* request) override;
  grpc::ServerWriteReactor<v1::GenerateEvent>* Generate(
      grpc::CallbackServerContext* context,
      const v1::GenerateRequest* request) override;
  grpc::ServerUnaryReactor* GetLinkStatistics(
      grpc::CallbackServerContext* context,
      const v1::LinkStatisticsRequest* request,
      v1::LinkStatistics* reply) override;
  grpc::ServerWriteReactor<v1::GetTraceReply>* GetTrace(
      grpc::CallbackServerContext* context,
      const v1::GetTraceRequest* request) override;

 private:
  Cluster* const cluster_;
  const TextCodec* const codec_;
  const v1::DescribeReply description_;
  const v1::TraceHeader trace_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_SERVICE_INFERENCE_SERVICE_H_
