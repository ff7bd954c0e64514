#include "coordinator/api/openai/error.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace spacemoe::openai {
namespace {

constexpr char kParam[] = "spacemoe.openai/param";
constexpr char kCode[] = "spacemoe.openai/code";
constexpr int kRetryAfterSeconds = 1;

std::string Payload(const absl::Status& status, const char* name) {
  const auto payload = status.GetPayload(name);
  return payload.has_value() ? std::string(*payload) : "";
}

int HttpStatus(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kUnimplemented:
      return 400;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

const char* TypeOf(int status) {
  switch (status) {
    case 401:
      return "authentication_error";
    case 429:
      return "rate_limit_error";
    case 503:
      return "service_unavailable_error";
    case 504:
      return "timeout_error";
    default:
      return status < 500 ? "invalid_request_error" : "server_error";
  }
}

Json OrNull(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

}  // namespace

absl::Status ArgumentError(const std::string& param, const std::string& message,
                           const std::string& code) {
  absl::Status status = absl::InvalidArgumentError(message);
  if (!param.empty()) status.SetPayload(kParam, absl::Cord(param));
  if (!code.empty()) status.SetPayload(kCode, absl::Cord(code));
  return status;
}

absl::Status BlameArgument(const std::string& param,
                           const absl::Status& status) {
  if (status.ok()) return status;
  return ArgumentError(param, std::string(status.message()),
                       Payload(status, kCode));
}

ApiError ToApiError(const absl::Status& status) {
  ApiError error;
  error.status = HttpStatus(status.code());
  error.message = std::string(status.message());
  error.param = Payload(status, kParam);
  error.code = Payload(status, kCode);
  if (error.status == 429 || error.status == 503) {
    error.retry_after_s = kRetryAfterSeconds;
  }
  return error;
}

Json ToJson(const ApiError& error) {
  return Json{{"error",
               {{"message", error.message},
                {"type", TypeOf(error.status)},
                {"param", OrNull(error.param)},
                {"code", OrNull(error.code)}}}};
}

HttpResponse ToResponse(const ApiError& error) {
  HttpResponse response = JsonResponse(ToJson(error));
  response.status = error.status;
  if (error.retry_after_s.has_value()) {
    response.headers.emplace_back("Retry-After",
                                  absl::StrCat(*error.retry_after_s));
  }
  return response;
}

HttpResponse JsonResponse(const Json& body) {
  HttpResponse response;
  response.content_type = "application/json";
  response.body = Dump(body);
  return response;
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace spacemoe::openai
