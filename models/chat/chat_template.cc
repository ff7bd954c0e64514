#include "models/chat/chat_template.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "models/chat/functions.h"
#include "models/chat/statement_parser.h"
#include "models/chat/value_from_json.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using jinja::Runtime;
using jinja::ScopePtr;

absl::Status WithPlace(const absl::Status& status, const std::string& place) {
  return absl::Status(status.code(),
                      absl::StrCat(place, ": ", std::string(status.message())));
}

absl::Status SetVariables(const nlohmann::ordered_json& context,
                          jinja::Scope* scope) {
  if (!context.is_object()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the context: expected an object, found ", context.type_name()));
  }
  for (const auto& [name, json] : context.items()) {
    auto value = jinja::ValueFromJson(json);
    if (!value.ok()) return WithPlace(value.status(), name);
    scope->Set(name, *std::move(value));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ChatTemplate> ChatTemplate::Parse(std::string_view source,
                                                 const std::string& name) {
  if (const auto invalid = FindInvalidUtf8(source); invalid.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": not UTF-8: byte ", *invalid));
  }
  auto body = jinja::ParseTemplate(source);
  if (!body.ok()) return WithPlace(body.status(), name);
  return ChatTemplate(name,
                      std::make_shared<const jinja::Body>(*std::move(body)));
}

absl::StatusOr<std::string> ChatTemplate::Render(
    const nlohmann::ordered_json& context, absl::Time now) const {
  Runtime runtime(now);
  const ScopePtr globals = jinja::NewScope(nullptr);
  jinja::DefineFunctions(globals.get());
  const ScopePtr scope = jinja::NewScope(globals);
  SPACEMOE_RETURN_IF_ERROR(SetVariables(context, scope.get()));
  std::string text;
  const absl::Status status = body_->Exec(runtime, scope, &text).status();
  if (absl::IsFailedPrecondition(status)) return status;
  if (!status.ok()) {
    return WithPlace(status, absl::StrCat(name_, ": line ", runtime.line()));
  }
  return text;
}

absl::StatusOr<std::string> ChatTemplate::RenderChat(
    const ChatInput& input) const {
  nlohmann::ordered_json context = nlohmann::ordered_json::object();
  for (const auto& [name, text] : input.special_tokens) context[name] = text;
  context["messages"] = input.messages;
  context["tools"] = input.tools;
  context["documents"] = nullptr;
  context["add_generation_prompt"] = input.add_generation_prompt;
  if (input.extra.is_object()) context.update(input.extra);
  return Render(context, input.now);
}

}  // namespace spacemoe
