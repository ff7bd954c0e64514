// What a person asks with.
#ifndef SPACEMOE_COORDINATOR_TEXT_PROMPT_H_
#define SPACEMOE_COORDINATOR_TEXT_PROMPT_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace spacemoe {

struct TextPrompt {
  std::string text;
};

struct ChatTurn {
  std::string role;  // "user", "assistant", "system"
  std::string content;
};

struct ChatPrompt {
  std::vector<ChatTurn> messages;
};

struct TokenPrompt {
  std::vector<int64_t> ids;
};

using Prompt = std::variant<TextPrompt, ChatPrompt, TokenPrompt>;

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_TEXT_PROMPT_H_
