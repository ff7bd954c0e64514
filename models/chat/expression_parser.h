// Tokens to expressions, by Jinja's grammar and precedence.
#ifndef SPACEMOE_MODELS_CHAT_EXPRESSION_PARSER_H_
#define SPACEMOE_MODELS_CHAT_EXPRESSION_PARSER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/chat/expressions.h"
#include "models/chat/token_stream.h"

namespace spacemoe::jinja {

class ExpressionParser {
 public:
  explicit ExpressionParser(TokenStream& stream) : stream_(stream) {}

  // a if b else c
  absl::StatusOr<ExprPtr> Parse();
  // Without the inline if.
  absl::StatusOr<ExprPtr> ParseOr();
  // One expression, or several with commas: a tuple without parentheses.
  absl::StatusOr<ExprPtr> ParseTuple(bool with_conditional);
  // name(args) behind a |.
  absl::StatusOr<Filter> ParseFilter();
  // A call, as {% call %} needs it.
  absl::StatusOr<ExprPtr> ParsePrimaryWithPostfix();

 private:
  using Result = absl::StatusOr<ExprPtr>;
  Result ParseAnd();
  Result ParseNot();
  Result ParseComparison();
  Result ParseSum();
  Result ParseConcat();
  Result ParseProduct();
  Result ParsePower();
  Result ParseUnary(bool with_filters);
  Result ParsePrimary();
  Result ParseName();
  Result ParseStrings();
  Result ParseNumber();
  Result ParseParentheses();
  Result ParseList();
  Result ParseDict();
  Result ParsePostfix(ExprPtr node);
  Result ParseFiltersAndTests(ExprPtr node);
  Result ParseDot(ExprPtr node);
  Result ParseSubscript(ExprPtr node);
  Result ParseSubscriptItem(ExprPtr node);
  Result ParseCall(ExprPtr node);
  Result ParseTest(ExprPtr node);
  absl::Status ParseArgs(ArgsExpr* args);
  absl::Status ParseArg(ArgsExpr* args);
  absl::StatusOr<std::string> ParseDottedName();
  bool TakeComparison(CompareOp* op);
  bool AtTestArgument() const;

  using Level = Result (ExpressionParser::*)();
  struct OperatorEntry {
    const char* text;
    BinaryOp op;
  };
  Result ParseBinary(Level operand, std::vector<OperatorEntry> operators);
  Result ParseLogic(Level operand, const char* word, bool is_or);

  template <typename T>
  std::unique_ptr<T> NewNode() const {
    auto node = std::make_unique<T>();
    node->line = stream_.current().line;
    return node;
  }

  TokenStream& stream_;
};

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_EXPRESSION_PARSER_H_
