// Chat templates: Jinja, as transformers renders it.
#ifndef SPACEMOE_MODELS_CHAT_CHAT_TEMPLATE_H_
#define SPACEMOE_MODELS_CHAT_CHAT_TEMPLATE_H_

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace spacemoe {

namespace jinja {
struct Body;
}  // namespace jinja

// What a conversation is rendered from.
struct ChatInput {
  nlohmann::ordered_json messages;         // an array of objects
  nlohmann::ordered_json tools = nullptr;  // an array, or null
  bool add_generation_prompt = true;
  // bos_token, eos_token, ...: texts that the template may use.
  std::map<std::string, std::string> special_tokens;
  nlohmann::ordered_json extra = nullptr;  // an object of more variables
  absl::Time now = absl::Now();            // what strftime_now tells
};

// Immutable and thread-safe; copies share the parsed template.
class ChatTemplate {
 public:
  // `name` stands in errors: "NAME: line 3: ...". Unimplemented names a
  // construct of Jinja that is not supported.
  static absl::StatusOr<ChatTemplate> Parse(std::string_view source,
                                            const std::string& name);

  // `context` is an object with the template's variables. When the template
  // raises an exception, the error is FailedPrecondition with its message
  // alone. ResourceExhausted when it does too much work, nests too deeply or
  // writes more than 16 MiB.
  absl::StatusOr<std::string> Render(const nlohmann::ordered_json& context,
                                     absl::Time now = absl::Now()) const;

  // With the variables that transformers sets: messages, tools, documents,
  // add_generation_prompt, special tokens, and `extra`.
  absl::StatusOr<std::string> RenderChat(const ChatInput& input) const;

 private:
  ChatTemplate(std::string name, std::shared_ptr<const jinja::Body> body)
      : name_(std::move(name)), body_(std::move(body)) {}

  std::string name_;
  std::shared_ptr<const jinja::Body> body_;  // shared by copies
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHAT_CHAT_TEMPLATE_H_
