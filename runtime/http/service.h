// What an HTTP server serves.
#ifndef SPACEMOE_RUNTIME_HTTP_SERVICE_H_
#define SPACEMOE_RUNTIME_HTTP_SERVICE_H_

#include <memory>
#include <optional>
#include <string>

#include "runtime/http/exchange.h"
#include "runtime/http/message.h"

namespace spacemoe {

// Thread-safe.
class HttpService {
 public:
  virtual ~HttpService() = default;

  // Called when a request's head has come, before its body is read: a refusal,
  // or nothing. Sets the request's route. Quick, as it runs on a thread that
  // serves many connections.
  virtual std::optional<HttpResponse> Screen(HttpRequest* head) const = 0;

  // Called on a worker thread with the whole request.
  virtual void Handle(std::shared_ptr<HttpExchange> exchange) const = 0;

  // The answer to what is no valid request, or to one too many.
  virtual HttpResponse Error(int status, const std::string& message) const = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_HTTP_SERVICE_H_
