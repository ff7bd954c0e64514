// Whether a body is JSON at all.
#ifndef SPACEMOE_COORDINATOR_API_OPENAI_JSON_REQUEST_H_
#define SPACEMOE_COORDINATOR_API_OPENAI_JSON_REQUEST_H_

#include <optional>

#include "runtime/http/message.h"

namespace spacemoe::openai {

// 415 when the headers say that the body is something else than plain JSON.
std::optional<HttpResponse> RefuseMediaType(const HttpRequest& request);

}  // namespace spacemoe::openai

#endif  // SPACEMOE_COORDINATOR_API_OPENAI_JSON_REQUEST_H_
