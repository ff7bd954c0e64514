#include "runtime/http/router.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"

namespace spacemoe {
namespace {

constexpr char kRest[] = "/*";

HttpResponse PlainError(int status, const std::string& message) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = nlohmann::json{{"error", {{"message", message}}}}.dump(
      -1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

const std::string& HandlingMethod(const HttpRequest& request) {
  static const auto* const get = new std::string("GET");
  return request.method == "HEAD" ? *get : request.method;
}

}  // namespace

HttpRouter::HttpRouter() : error_(PlainError) {}

void HttpRouter::Add(const std::string& method, const std::string& path,
                     HttpHandler handler, RouteAccess access) {
  routes_[path][method] = {std::move(handler), access};
}

void HttpRouter::AddPlain(const std::string& method, const std::string& path,
                          PlainHttpHandler handler, RouteAccess access) {
  Add(
      method, path,
      [handler =
           std::move(handler)](const std::shared_ptr<HttpExchange>& exchange) {
        exchange->Respond(handler(exchange->request()));
      },
      access);
}

std::map<std::string, HttpRouter::Methods>::const_iterator HttpRouter::FindPath(
    const std::string& path) const {
  if (const auto it = routes_.find(path);
      it != routes_.end() && !path.ends_with(kRest)) {
    return it;
  }
  // The longest of those that fit.
  for (size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0;
       slash = path.rfind('/', slash - 1)) {
    if (slash + 1 == path.size()) continue;
    const auto it = routes_.find(path.substr(0, slash) + kRest);
    if (it != routes_.end()) return it;
  }
  return routes_.end();
}

HttpResponse HttpRouter::WrongMethod(const HttpRequest& head,
                                     const Methods& methods) const {
  std::vector<std::string> names;
  for (const auto& [name, route] : methods) names.push_back(name);
  HttpResponse response =
      Error(405, absl::StrCat("expected ", absl::StrJoin(names, " or "),
                              " for ", head.path, ", found ", head.method));
  response.headers.emplace_back("Allow", absl::StrJoin(names, ", "));
  return response;
}

std::optional<HttpResponse> HttpRouter::Screen(HttpRequest* head) const {
  const auto path = FindPath(head->path);
  // Whether a path exists is for those to know who have a key.
  const bool found = path != routes_.end();
  const auto route = found ? path->second.find(HandlingMethod(*head))
                           : Methods::const_iterator();
  const bool open = found && route != path->second.end() &&
                    route->second.access == RouteAccess::kOpen;
  if (gate_ && !open) {
    if (auto refusal = gate_(*head); refusal.has_value()) return refusal;
  }
  if (!found) {
    return Error(404, absl::StrCat("there is no ", head->path));
  }
  if (route == path->second.end()) return WrongMethod(*head, path->second);
  head->route = path->first;
  return std::nullopt;
}

void HttpRouter::Handle(std::shared_ptr<HttpExchange> exchange) const {
  const HttpRequest& request = exchange->request();
  routes_.at(request.route).at(HandlingMethod(request)).handler(exchange);
}

}  // namespace spacemoe
