// The tokens of a template on their way through the parser.
#ifndef SPACEMOE_MODELS_CHAT_TOKEN_STREAM_H_
#define SPACEMOE_MODELS_CHAT_TOKEN_STREAM_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/chat/lexer.h"

namespace spacemoe::jinja {

inline constexpr int kMaxNesting = 120;  // of expressions and of blocks

class TokenStream {
 public:
  explicit TokenStream(std::vector<Token> tokens)
      : tokens_(std::move(tokens)) {}

  const Token& current() const { return tokens_[at_]; }
  const Token& following() const {
    return tokens_[at_ + 1 < tokens_.size() ? at_ + 1 : at_];
  }
  // The last token stays.
  Token Take() {
    Token token = tokens_[at_];
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }

  bool Is(TokenType type) const { return current().type == type; }
  bool IsOperator(std::string_view text) const {
    return Is(TokenType::kOperator) && current().text == text;
  }
  bool IsName(std::string_view text) const {
    return Is(TokenType::kName) && current().text == text;
  }
  bool SkipOperator(std::string_view text) {
    const bool there = IsOperator(text);
    if (there) Take();
    return there;
  }
  bool SkipName(std::string_view text) {
    const bool there = IsName(text);
    if (there) Take();
    return there;
  }

  absl::Status Expect(TokenType type, std::string_view what) {
    if (!Is(type)) return Unexpected(what);
    Take();
    return absl::OkStatus();
  }
  absl::Status ExpectOperator(std::string_view text) {
    if (!IsOperator(text)) return Unexpected(text);
    Take();
    return absl::OkStatus();
  }

  absl::Status Error(std::string_view message) const {
    return absl::InvalidArgumentError(
        absl::StrCat("line ", current().line, ": ", std::string(message)));
  }
  absl::Status Unimplemented(std::string_view what) const {
    return absl::UnimplementedError(absl::StrCat(
        "line ", current().line, ": ", std::string(what), " is not supported"));
  }
  absl::Status Unexpected(std::string_view expected) const {
    return Error(absl::StrCat("expected ", std::string(expected), ", found ",
                              Describe(current())));
  }

  size_t position() const { return at_; }
  // Whether the name occurs from `begin` up to here.
  bool HasNameSince(size_t begin, std::string_view name) const {
    for (size_t i = begin; i < at_; ++i) {
      if (tokens_[i].type == TokenType::kName && tokens_[i].text == name) {
        return true;
      }
    }
    return false;
  }

  // Levels of nesting; the parsers count them here.
  int depth() const { return depth_; }
  void set_depth(int depth) { depth_ = depth; }

 private:
  static std::string Describe(const Token& token) {
    switch (token.type) {
      case TokenType::kEnd:
        return "the end of the template";
      case TokenType::kText:
        return "text";
      case TokenType::kOutputBegin:
        return "'{{'";
      case TokenType::kOutputEnd:
        return "'}}'";
      case TokenType::kBlockBegin:
        return "'{%'";
      case TokenType::kBlockEnd:
        return "'%}'";
      default:
        return absl::StrCat("'", token.text.substr(0, 40), "'");
    }
  }

  const std::vector<Token> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
};

// Counts one level of nesting, or several for a chain of operators.
class NestingGuard {
 public:
  explicit NestingGuard(TokenStream& stream)
      : stream_(stream), outer_(stream.depth()) {}
  ~NestingGuard() { stream_.set_depth(outer_); }
  NestingGuard(const NestingGuard&) = delete;
  NestingGuard& operator=(const NestingGuard&) = delete;

  absl::Status Enter() {
    stream_.set_depth(stream_.depth() + 1);
    if (stream_.depth() <= kMaxNesting) return absl::OkStatus();
    return stream_.Error("nested too deeply");
  }

 private:
  TokenStream& stream_;
  const int outer_;
};

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_TOKEN_STREAM_H_
