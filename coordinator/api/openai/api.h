// An API as OpenAI's, over a ring.
#ifndef SPACEMOE_COORDINATOR_API_OPENAI_API_H_
#define SPACEMOE_COORDINATOR_API_OPENAI_API_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/api/openai/link_watch.h"
#include "coordinator/api/openai/report.h"
#include "coordinator/api/openai/request.h"
#include "coordinator/core/cluster.h"
#include "coordinator/text/text_codec.h"
#include "models/sampler/prompt_check.h"
#include "runtime/http/router.h"

namespace spacemoe::openai {

struct ApiOptions {
  std::string model;  // its name for clients
  RequestLimits limits;
  absl::Duration request_timeout = absl::Minutes(10);
  RingFacts ring;
};

// /v1/models, /v1/completions, /v1/chat/completions, /tokenize, /detokenize.
// Thread-safe.
class Api {
 public:
  // `cluster` and `codec` are borrowed and outlive the HTTP server.
  Api(ApiOptions options, Cluster* cluster, const TextCodec* codec);

  // The routes, and errors in OpenAI's shape for all others.
  void AddRoutes(HttpRouter* router);

 private:
  Json ModelToJson() const;
  HttpResponse ListModels() const;
  HttpResponse DescribeModel(const HttpRequest& request) const;

  void Generate(const std::shared_ptr<HttpExchange>& exchange, bool chat);
  absl::Status TryGenerate(const std::shared_ptr<HttpExchange>& exchange,
                           bool chat);
  absl::Status CheckModel(const std::string& model) const;
  // A prompt's ids, checked.
  absl::StatusOr<std::vector<int64_t>> Encode(const Prompt& prompt,
                                              const char* name) const;
  absl::StatusOr<std::string> EchoOf(const Prompt& prompt) const;

  const ApiOptions options_;
  Cluster* const cluster_;
  const TextCodec* const codec_;
  const int64_t created_;
  LinkWatch links_;
};

}  // namespace spacemoe::openai

#endif  // SPACEMOE_COORDINATOR_API_OPENAI_API_H_
