// An asynchronous HTTP/1.1 server.
#ifndef SPACEMOE_RUNTIME_HTTP_SERVER_H_
#define SPACEMOE_RUNTIME_HTTP_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/http/options.h"
#include "runtime/http/service.h"

namespace spacemoe {

// A few threads serve all connections. Keep-alive; pipelined requests are
// answered one after the other. A client that closes its side is taken for
// gone.
class HttpServer {
 public:
  // `service` is borrowed and outlives the server. INVALID_ARGUMENT: no
  // HOST:PORT. ALREADY_EXISTS and others: why it can't listen there.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(
      HttpServerOptions options, const HttpService* service);
  // Shutdown without a grace.
  ~HttpServer();

  // "127.0.0.1:8000", with the port that was chosen.
  const std::string& address() const;
  int connections() const;

  // No new connection; idle ones end at once, answers in progress have until
  // `grace` has passed. Then nothing of the server runs any more. Handlers that
  // wait for something must have been released or end by themselves.
  void Shutdown(absl::Duration grace);

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_HTTP_SERVER_H_
