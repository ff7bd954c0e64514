#include "coordinator/api/api_server.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr char kKeysVariable[] = "SPACEMOE_API_KEYS";

absl::StatusOr<ApiKeys> LoadKeys(const std::string& file) {
  if (!file.empty()) return ApiKeys::FromFile(file);
  const char* const keys = std::getenv(kKeysVariable);
  if (keys == nullptr || *keys == '\0') return ApiKeys();
  return ApiKeys::FromText(absl::StrReplaceAll(keys, {{",", "\n"}}),
                           kKeysVariable);
}

openai::ApiOptions WithTimeout(openai::ApiOptions api,
                               const ApiSettings& settings) {
  api.request_timeout = absl::Seconds(settings.request_timeout_s);
  if (!settings.model_name.empty()) api.model = settings.model_name;
  return api;
}

HttpServerOptions ServerOptions(const ApiServerOptions& options) {
  HttpServerOptions server;
  server.listen = options.settings.listen;
  server.observer = options.observer;
  server.limits.connections =
      static_cast<int>(options.settings.max_connections);
  return server;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ApiServer>> ApiServer::Start(
    ApiServerOptions options, Cluster* cluster, const TextCodec* codec) {
  SPACEMOE_ASSIGN_OR_RETURN(ApiKeys keys, LoadKeys(options.settings.key_file));
  const HttpServerOptions server = ServerOptions(options);
  std::unique_ptr<ApiServer> api(
      new ApiServer(std::move(options), std::move(keys), cluster, codec));
  SPACEMOE_ASSIGN_OR_RETURN(api->server_,
                            HttpServer::Start(server, &api->router_));
  return api;
}

ApiServer::ApiServer(ApiServerOptions options, ApiKeys keys, Cluster* cluster,
                     const TextCodec* codec)
    : keys_(std::move(keys)),
      api_(WithTimeout(std::move(options.api), options.settings), cluster,
           codec) {
  router_.SetGate(
      [this](const HttpRequest& request) { return keys_.Refuse(request); });
  api_.AddRoutes(&router_);
  if (options.more_routes) options.more_routes(&router_);
}

std::string ApiServer::url() const {
  return absl::StrCat("http://", server_->address());
}

bool ApiServer::open_to_all() const {
  const std::string& address = server_->address();
  return !keys_.required() && !absl::StartsWith(address, "127.") &&
         !absl::StartsWith(address, "[::1]");
}

}  // namespace spacemoe
