// Tokens to statements.
#ifndef SPACEMOE_MODELS_CHAT_STATEMENT_PARSER_H_
#define SPACEMOE_MODELS_CHAT_STATEMENT_PARSER_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "models/chat/statements.h"

namespace spacemoe::jinja {

// `source` is valid UTF-8. Errors begin with "line N: ". Unimplemented for
// what Jinja has and this does not: include, import, extends, block,
// recursive loops.
absl::StatusOr<Body> ParseTemplate(std::string_view source);

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_STATEMENT_PARSER_H_
