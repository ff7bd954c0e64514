#include "coordinator/api/openai/json_request.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "coordinator/api/openai/error.h"

namespace spacemoe::openai {
namespace {

constexpr size_t kMaxShown = 80;
// What curl -d says of every body.
constexpr char kCurlsType[] = "application/x-www-form-urlencoded";

HttpResponse Unsupported(const std::string& message) {
  ApiError error;
  error.status = 415;
  error.message = message;
  return ToResponse(error);
}

}  // namespace

std::optional<HttpResponse> RefuseMediaType(const HttpRequest& request) {
  const std::string encoding(request.Header("Content-Encoding"));
  if (!encoding.empty() && !absl::EqualsIgnoreCase(encoding, "identity")) {
    return Unsupported(
        absl::StrCat("expected a body as it is, found "
                     "Content-Encoding: ",
                     encoding.substr(0, kMaxShown)));
  }
  const std::string type(request.Header("Content-Type"));
  const std::string essence(
      absl::StripAsciiWhitespace(type.substr(0, type.find(';'))));
  if (type.empty() || absl::EqualsIgnoreCase(essence, "application/json") ||
      absl::EqualsIgnoreCase(essence, kCurlsType)) {
    return std::nullopt;
  }
  return Unsupported(
      absl::StrCat("expected Content-Type: application/json, "
                   "found ",
                   type.substr(0, kMaxShown)));
}

}  // namespace spacemoe::openai
