// The arguments of /v1/chat/completions.
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/api/openai/fields.h"
#include "coordinator/api/openai/request.h"
#include "coordinator/api/openai/shared_arguments.h"
#include "models/sampler/logprobs.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::openai {
namespace {

constexpr int64_t kMaxMaxTokens = std::numeric_limits<int32_t>::max();

// Known to OpenAI's clients, not to a ring.
constexpr const char* kRefused[] = {
    "tools",      "functions",          "function_call",
    "audio",      "prediction",         "reasoning_effort",
    "verbosity",  "web_search_options", "parallel_tool_calls",
    "moderation",
};
constexpr const char* kRefusedOfMessages[] = {"tool_calls",    "tool_call_id",
                                              "function_call", "audio",
                                              "refusal",       "annotations"};

absl::StatusOr<std::string> ReadPart(const Json& part,
                                     const std::string& where) {
  if (!part.is_object()) {
    return ArgumentError(
        where,
        absl::StrCat("'", where, "': expected objects, found ", KindOf(part)));
  }
  const Fields fields(part, where + ".");
  SPACEMOE_ASSIGN_OR_RETURN(const std::string type,
                            fields.RequiredString("type"));
  if (type != "text") {
    return ArgumentError(
        where,
        absl::StrCat("'", where, "': parts other than text are not supported"),
        "unsupported_parameter");
  }
  SPACEMOE_RETURN_IF_ERROR(fields.AllowOnly({"type", "text"}));
  return fields.RequiredString("text");
}

// Parts are lines.
absl::StatusOr<std::string> ReadContent(const Fields& message) {
  const Json* const content = message.Find("content");
  if (content == nullptr) return std::string();
  if (content->is_string()) return content->get<std::string>();
  if (!content->is_array()) {
    return message.Wrong("content", "a string or an array of parts",
                         KindOf(*content));
  }
  std::string text;
  for (size_t i = 0; i < content->size(); ++i) {
    SPACEMOE_ASSIGN_OR_RETURN(
        const std::string part,
        ReadPart((*content)[i],
                 absl::StrCat(message.Path("content"), "[", i, "]")));
    absl::StrAppend(&text, i == 0 ? "" : "\n", part);
  }
  return text;
}

absl::StatusOr<ChatTurn> ReadMessage(const Json& message, size_t index) {
  const std::string where = absl::StrCat("messages[", index, "]");
  if (!message.is_object()) {
    return ArgumentError(
        where, absl::StrCat("'", where, "': expected an object, found ",
                            KindOf(message)));
  }
  const Fields fields(message, where + ".");
  std::vector<std::string_view> names = {"role", "content", "name"};
  names.insert(names.end(), std::begin(kRefusedOfMessages),
               std::end(kRefusedOfMessages));
  SPACEMOE_RETURN_IF_ERROR(fields.AllowOnly(names));
  for (const char* name : kRefusedOfMessages) {
    SPACEMOE_RETURN_IF_ERROR(RefuseArgument(fields, name));
  }
  ChatTurn turn;
  SPACEMOE_ASSIGN_OR_RETURN(turn.role, fields.RequiredString("role"));
  SPACEMOE_ASSIGN_OR_RETURN(turn.content, ReadContent(fields));
  return turn;
}

absl::StatusOr<Prompt> ReadMessages(const Fields& fields) {
  const Json* const messages = fields.Find("messages");
  if (messages == nullptr || !messages->is_array() || messages->empty()) {
    return fields.Wrong("messages", "an array of at least one message",
                        messages == nullptr    ? "nothing"
                        : messages->is_array() ? "none"
                                               : KindOf(*messages));
  }
  ChatPrompt chat;
  for (size_t i = 0; i < messages->size(); ++i) {
    SPACEMOE_ASSIGN_OR_RETURN(ChatTurn turn, ReadMessage((*messages)[i], i));
    chat.messages.push_back(std::move(turn));
  }
  return Prompt(std::move(chat));
}

absl::Status ReadMaxTokens(const Fields& fields, GenerationRequest* request) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto old_name,
                            fields.Integer("max_tokens", 1, kMaxMaxTokens));
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto new_name,
      fields.Integer("max_completion_tokens", 1, kMaxMaxTokens));
  if (old_name.has_value() && new_name.has_value()) {
    return ArgumentError("max_tokens",
                         "expected one of 'max_tokens' and "
                         "'max_completion_tokens', found both");
  }
  request->max_tokens = new_name.has_value() ? new_name : old_name;
  return absl::OkStatus();
}

absl::Status ReadLogprobs(const Fields& fields, GenerationRequest* request) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto logprobs, fields.Boolean("logprobs"));
  SPACEMOE_ASSIGN_OR_RETURN(const auto top,
                            fields.Integer("top_logprobs", 0, kMaxTopLogprobs));
  if (top.value_or(0) > 0 && !logprobs.value_or(false)) {
    return ArgumentError("top_logprobs",
                         "'top_logprobs': only allowed with 'logprobs': true");
  }
  if (logprobs.value_or(false)) {
    request->spec.logprobs = static_cast<int>(top.value_or(0));
  }
  return absl::OkStatus();
}

// What may be said, as long as it says what happens anyway.
absl::Status CheckTextOnly(const Fields& fields) {
  if (const Json* const format = fields.Find("response_format")) {
    const bool text = format->is_object() && format->contains("type") &&
                      (*format)["type"] == "text";
    if (!text) {
      return ArgumentError(
          "response_format",
          "'response_format': types other than 'text' are not supported",
          "unsupported_parameter");
    }
  }
  if (const Json* const modalities = fields.Find("modalities")) {
    if (*modalities != Json::array({"text"})) {
      return ArgumentError("modalities",
                           "'modalities': others than text are not supported",
                           "unsupported_parameter");
    }
  }
  if (const Json* const choice = fields.Find("tool_choice")) {
    if (*choice != "none") return RefuseArgument(fields, "tool_choice");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<GenerationRequest> ParseChatRequest(const Json& body) {
  const Fields fields(body);
  std::vector<std::string_view> names = SharedArguments();
  names.insert(names.end(),
               {"messages", "max_completion_tokens", "top_logprobs",
                "response_format", "modalities", "tool_choice"});
  names.insert(names.end(), std::begin(kRefused), std::end(kRefused));
  SPACEMOE_RETURN_IF_ERROR(fields.AllowOnly(names));
  for (const char* name : kRefused) {
    SPACEMOE_RETURN_IF_ERROR(RefuseArgument(fields, name));
  }
  GenerationRequest request;
  request.chat = true;
  SPACEMOE_RETURN_IF_ERROR(ReadSharedArguments(fields, &request));
  SPACEMOE_RETURN_IF_ERROR(CheckTextOnly(fields));
  SPACEMOE_ASSIGN_OR_RETURN(Prompt prompt, ReadMessages(fields));
  request.prompts.push_back(std::move(prompt));
  SPACEMOE_RETURN_IF_ERROR(ReadMaxTokens(fields, &request));
  SPACEMOE_RETURN_IF_ERROR(ReadLogprobs(fields, &request));
  return request;
}

}  // namespace spacemoe::openai
