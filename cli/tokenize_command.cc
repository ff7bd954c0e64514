#include "cli/tokenize_command.h"

#include <string>

#include "cli/json_lines.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using Json = nlohmann::ordered_json;

absl::StatusOr<Json> Answer(const Tokenizer& tokenizer, const Json& request) {
  if (!request.contains("text") || !request["text"].is_string()) {
    return absl::InvalidArgumentError("\"text\": expected a string");
  }
  const Json special = request.value("add_special_tokens", Json(true));
  if (!special.is_boolean()) {
    return absl::InvalidArgumentError(
        "\"add_special_tokens\": expected true or false");
  }
  SPACEMOE_ASSIGN_OR_RETURN(const auto ids,
                            tokenizer.Encode(request["text"].get<std::string>(),
                                             special.get<bool>()));
  return Json{{"ids", ids}, {"decoded", tokenizer.Decode(ids, false)}};
}

}  // namespace

int RunTokenize(const Tokenizer& tokenizer, std::istream& in,
                std::ostream& out) {
  return AnswerJsonLines(
      in, out, [&](const Json& request) { return Answer(tokenizer, request); });
}

}  // namespace spacemoe
