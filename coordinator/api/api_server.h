// The coordinator's HTTP server: the API, and what else is added.
#ifndef SPACEMOE_COORDINATOR_API_API_SERVER_H_
#define SPACEMOE_COORDINATOR_API_API_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/api/api_keys.h"
#include "coordinator/api/openai/api.h"
#include "coordinator/core/cluster.h"
#include "coordinator/options/api_options.h"
#include "coordinator/text/text_codec.h"
#include "runtime/http/router.h"
#include "runtime/http/server.h"

namespace spacemoe {

struct ApiServerOptions {
  ApiSettings settings;
  openai::ApiOptions api;  // its timeout comes from the settings
  std::function<void(const HttpRecord&)> observer;  // HttpServerOptions's
  // Adds routes beside the API's; may be empty. Guarded ones need a key.
  std::function<void(HttpRouter*)> more_routes;
};

class ApiServer {
 public:
  // `cluster` and `codec` are borrowed. Errors: the keys, or the address.
  static absl::StatusOr<std::unique_ptr<ApiServer>> Start(
      ApiServerOptions options, Cluster* cluster, const TextCodec* codec);

  // "http://127.0.0.1:8000"
  std::string url() const;
  // Whether anybody who reaches the server may use it, from other machines too.
  bool open_to_all() const;

  // As HttpServer::Shutdown. The cluster has ended its sequences before.
  void Shutdown(absl::Duration grace) { server_->Shutdown(grace); }

 private:
  ApiServer(ApiServerOptions options, ApiKeys keys, Cluster* cluster,
            const TextCodec* codec);

  const ApiKeys keys_;
  openai::Api api_;
  HttpRouter router_;
  std::unique_ptr<HttpServer> server_;  // destroyed first
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_API_API_SERVER_H_
