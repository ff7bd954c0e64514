#include "cli/render_command.h"

#include <string>
#include <utility>

#include "cli/json_lines.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using Json = nlohmann::ordered_json;

bool IsArrayOfObjects(const Json& json) {
  if (!json.is_array()) return false;
  for (const Json& item : json) {
    if (!item.is_object()) return false;
  }
  return true;
}

absl::StatusOr<ChatInput> ParseInput(const Json& request) {
  ChatInput input;
  input.extra = request;
  if (!request.contains("messages") || !IsArrayOfObjects(request["messages"])) {
    return absl::InvalidArgumentError(
        "\"messages\": expected an array of objects");
  }
  input.messages = request["messages"];
  const Json prompt = request.value("add_generation_prompt", Json(false));
  if (!prompt.is_boolean()) {
    return absl::InvalidArgumentError(
        "\"add_generation_prompt\": expected true or false");
  }
  input.add_generation_prompt = prompt.get<bool>();
  input.tools = request.value("tools", Json(nullptr));
  if (!input.tools.is_null() && !input.tools.is_array()) {
    return absl::InvalidArgumentError("\"tools\": expected an array");
  }
  return input;
}

absl::StatusOr<Json> Answer(const TokenizerBundle& bundle,
                            const Json& request) {
  SPACEMOE_ASSIGN_OR_RETURN(ChatInput input, ParseInput(request));
  const auto rendered = bundle.Render(std::move(input));
  if (rendered.ok()) return Json{{"rendered", *rendered}};
  return Json{{"error", std::string(rendered.status().message())}};
}

}  // namespace

int RunRender(const TokenizerBundle& bundle, std::istream& in,
              std::ostream& out) {
  return AnswerJsonLines(
      in, out, [&](const Json& request) { return Answer(bundle, request); });
}

}  // namespace spacemoe
