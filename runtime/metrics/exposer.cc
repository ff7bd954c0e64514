#include "runtime/metrics/exposer.h"

#include <utility>

#include "prometheus/text_serializer.h"
#include "runtime/base/status_macros.h"
#include "runtime/http/router.h"
#include "runtime/http/server.h"

namespace spacemoe {
namespace {

// Few clients, short requests.
HttpServerOptions ServerOptions(const std::string& listen) {
  HttpServerOptions options;
  options.listen = listen;
  options.limits.connections = 16;
  options.limits.header_bytes = 4096;
  options.limits.body_bytes = 4096;
  options.workers = 1;
  return options;
}

}  // namespace

struct MetricsExposer::Server {
  HttpRouter router;
  std::unique_ptr<HttpServer> http;  // goes first
};

absl::StatusOr<std::unique_ptr<MetricsExposer>> MetricsExposer::Start(
    const std::string& address, MetricsSource source) {
  auto server = std::make_unique<Server>();
  server->router.AddPlain(
      "GET", "/metrics",
      [source = std::move(source)](const HttpRequest&) {
        HttpResponse response;
        response.content_type = kMetricsContentType;
        response.body = MetricsText(source());
        return response;
      },
      RouteAccess::kOpen);
  SPACEMOE_ASSIGN_OR_RETURN(
      server->http, HttpServer::Start(ServerOptions(address), &server->router));
  return std::unique_ptr<MetricsExposer>(new MetricsExposer(std::move(server)));
}

MetricsExposer::MetricsExposer(std::unique_ptr<Server> server)
    : server_(std::move(server)) {}

MetricsExposer::~MetricsExposer() = default;

const std::string& MetricsExposer::address() const {
  return server_->http->address();
}

std::string MetricsText(const std::vector<prometheus::MetricFamily>& families) {
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace spacemoe
