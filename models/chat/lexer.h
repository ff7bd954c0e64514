// A template's text to tokens, with Jinja's rules for white space
// (trim_blocks and lstrip_blocks on, as chat templates are rendered).
#ifndef SPACEMOE_MODELS_CHAT_LEXER_H_
#define SPACEMOE_MODELS_CHAT_LEXER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace spacemoe::jinja {

enum class TokenType {
  kText,         // what is printed as it is
  kOutputBegin,  // {{
  kOutputEnd,    // }}
  kBlockBegin,   // {%
  kBlockEnd,     // %}
  kName,
  kString,   // text: the value
  kInteger,  // text: digits, without _
  kFloat,
  kOperator,
  kEnd,
};

struct Token {
  TokenType type = TokenType::kEnd;
  std::string text;
  int line = 1;
};

// `source` is valid UTF-8. The last token is kEnd. Errors begin with
// "line N: ".
absl::StatusOr<std::vector<Token>> Tokenize(std::string_view source);

// The value of a string literal between its quotes. InvalidArgument for an
// escape that is cut short or names no character.
absl::StatusOr<std::string> UnescapeLiteral(std::string_view literal);

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_LEXER_H_
