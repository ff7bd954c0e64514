// Errors as OpenAI's API tells them.
#ifndef SPACEMOE_COORDINATOR_API_OPENAI_ERROR_H_
#define SPACEMOE_COORDINATOR_API_OPENAI_ERROR_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "nlohmann/json.hpp"
#include "runtime/http/message.h"

namespace spacemoe::openai {

using Json = nlohmann::ordered_json;

struct ApiError {
  int status = 500;
  std::string message;
  std::string param;  // the argument that is wrong; empty: null
  std::string code;   // "model_not_found"; empty: null
  std::optional<int> retry_after_s;
};

// INVALID_ARGUMENT that carries the argument's name, and a code if not empty.
absl::Status ArgumentError(const std::string& param, const std::string& message,
                           const std::string& code = "");

// `status` as a fault of the argument, whatever its code was.
absl::Status BlameArgument(const std::string& param,
                           const absl::Status& status);

// INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION, UNIMPLEMENTED: 400;
// NOT_FOUND: 404; RESOURCE_EXHAUSTED: 429; UNAVAILABLE: 503;
// DEADLINE_EXCEEDED: 504; all else: 500.
ApiError ToApiError(const absl::Status& status);

// {"error": {"message", "type", "param", "code"}}
Json ToJson(const ApiError& error);
HttpResponse ToResponse(const ApiError& error);

HttpResponse JsonResponse(const Json& body);
// UTF-8 that can be sent, whatever is in it.
std::string Dump(const Json& json);

}  // namespace spacemoe::openai

#endif  // SPACEMOE_COORDINATOR_API_OPENAI_ERROR_H_
