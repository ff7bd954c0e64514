// Which handler answers which path.
#ifndef SPACEMOE_RUNTIME_HTTP_ROUTER_H_
#define SPACEMOE_RUNTIME_HTTP_ROUTER_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "runtime/http/service.h"

namespace spacemoe {

// Called on a worker thread; may keep the exchange and answer later.
using HttpHandler = std::function<void(std::shared_ptr<HttpExchange>)>;
// Answers at once.
using PlainHttpHandler = std::function<HttpResponse(const HttpRequest&)>;

enum class RouteAccess {
  kGuarded,  // the gate is asked first
  kOpen,     // for everybody, such as health checks
};

// Filled before the server starts, constant from then on.
class HttpRouter final : public HttpService {
 public:
  // A refusal, or nothing.
  using Gate = std::function<std::optional<HttpResponse>(const HttpRequest&)>;
  using ErrorWriter =
      std::function<HttpResponse(int status, const std::string& message)>;

  HttpRouter();

  // `path` is exact, or ends with "/*" and takes every longer path. GET serves
  // HEAD too.
  void Add(const std::string& method, const std::string& path,
           HttpHandler handler, RouteAccess access = RouteAccess::kGuarded);
  void AddPlain(const std::string& method, const std::string& path,
                PlainHttpHandler handler,
                RouteAccess access = RouteAccess::kGuarded);

  void SetGate(Gate gate) { gate_ = std::move(gate); }
  // Errors are {"error": {"message": ...}} unless set.
  void SetErrorWriter(ErrorWriter writer) { error_ = std::move(writer); }

  std::optional<HttpResponse> Screen(HttpRequest* head) const override;
  void Handle(std::shared_ptr<HttpExchange> exchange) const override;
  HttpResponse Error(int status, const std::string& message) const override {
    return error_(status, message);
  }

 private:
  struct Route {
    HttpHandler handler;
    RouteAccess access = RouteAccess::kGuarded;
  };
  using Methods = std::map<std::string, Route>;

  // The pattern's entry; end() without one.
  std::map<std::string, Methods>::const_iterator FindPath(
      const std::string& path) const;
  HttpResponse WrongMethod(const HttpRequest& head,
                           const Methods& methods) const;

  std::map<std::string, Methods> routes_;  // by path, then by method
  Gate gate_;
  ErrorWriter error_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_HTTP_ROUTER_H_
