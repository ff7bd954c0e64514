// What follows a primary expression: attributes, items, calls, filters, tests.
#include "absl/strings/str_cat.h"
#include "models/chat/expression_parser.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {

using Result = absl::StatusOr<ExprPtr>;

Result ExpressionParser::ParsePostfix(ExprPtr node) {
  NestingGuard guard(stream_);
  while (true) {
    const bool more = stream_.IsOperator(".") || stream_.IsOperator("[") ||
                      stream_.IsOperator("(");
    if (!more) return node;
    SPACEMOE_RETURN_IF_ERROR(guard.Enter());
    Result next = stream_.IsOperator(".")   ? ParseDot(std::move(node))
                  : stream_.IsOperator("[") ? ParseSubscript(std::move(node))
                                            : ParseCall(std::move(node));
    SPACEMOE_ASSIGN_OR_RETURN(node, std::move(next));
  }
}

Result ExpressionParser::ParseFiltersAndTests(ExprPtr node) {
  NestingGuard guard(stream_);
  while (true) {
    if (stream_.IsOperator("|")) {
      auto filtered = NewNode<FilterExpr>();
      stream_.Take();
      filtered->input = std::move(node);
      SPACEMOE_ASSIGN_OR_RETURN(filtered->filter, ParseFilter());
      node = std::move(filtered);
    } else if (stream_.IsName("is")) {
      SPACEMOE_ASSIGN_OR_RETURN(node, ParseTest(std::move(node)));
    } else if (stream_.IsOperator("(")) {
      SPACEMOE_ASSIGN_OR_RETURN(node, ParseCall(std::move(node)));
    } else {
      return node;
    }
    SPACEMOE_RETURN_IF_ERROR(guard.Enter());
  }
}

Result ExpressionParser::ParseDot(ExprPtr node) {
  stream_.Take();
  if (stream_.Is(TokenType::kInteger)) {
    auto item = NewNode<ItemExpr>();
    item->object = std::move(node);
    SPACEMOE_ASSIGN_OR_RETURN(item->key, ParseNumber());
    return item;
  }
  auto attribute = NewNode<AttributeExpr>();
  if (!stream_.Is(TokenType::kName)) return stream_.Unexpected("a name");
  attribute->name = stream_.Take().text;
  attribute->object = std::move(node);
  return attribute;
}

Result ExpressionParser::ParseSubscript(ExprPtr node) {
  stream_.Take();
  SPACEMOE_ASSIGN_OR_RETURN(ExprPtr item, ParseSubscriptItem(std::move(node)));
  SPACEMOE_RETURN_IF_ERROR(stream_.ExpectOperator("]"));
  return item;
}

// key, or start:stop:step where each may be left out.
Result ExpressionParser::ParseSubscriptItem(ExprPtr node) {
  auto item = NewNode<ItemExpr>();
  auto slice = NewNode<SliceExpr>();
  const auto at_end = [this] {
    return stream_.IsOperator(":") || stream_.IsOperator("]");
  };
  if (!stream_.IsOperator(":")) {
    SPACEMOE_ASSIGN_OR_RETURN(slice->start, ParseTuple(true));
  }
  if (!stream_.SkipOperator(":")) {
    item->object = std::move(node);
    item->key = std::move(slice->start);
    return item;
  }
  if (!at_end()) {
    SPACEMOE_ASSIGN_OR_RETURN(slice->stop, Parse());
  }
  if (stream_.SkipOperator(":") && !at_end()) {
    SPACEMOE_ASSIGN_OR_RETURN(slice->step, Parse());
  }
  slice->object = std::move(node);
  return slice;
}

Result ExpressionParser::ParseCall(ExprPtr node) {
  auto call = NewNode<CallExpr>();
  call->callee = std::move(node);
  SPACEMOE_RETURN_IF_ERROR(ParseArgs(&call->args));
  return call;
}

absl::Status ExpressionParser::ParseArgs(ArgsExpr* args) {
  SPACEMOE_RETURN_IF_ERROR(stream_.ExpectOperator("("));
  bool first = true;
  while (!stream_.IsOperator(")")) {
    if (!first) {
      SPACEMOE_RETURN_IF_ERROR(stream_.ExpectOperator(","));
      if (stream_.IsOperator(")")) break;
    }
    first = false;
    SPACEMOE_RETURN_IF_ERROR(ParseArg(args));
  }
  return stream_.ExpectOperator(")");
}

absl::Status ExpressionParser::ParseArg(ArgsExpr* args) {
  const bool star = stream_.IsOperator("*");
  if (star || stream_.IsOperator("**")) {
    ExprPtr* slot = star ? &args->star : &args->double_star;
    if (*slot != nullptr) return stream_.Unexpected("one such argument");
    stream_.Take();
    SPACEMOE_ASSIGN_OR_RETURN(*slot, Parse());
    return absl::OkStatus();
  }
  const Token& next = stream_.following();
  const bool named = stream_.Is(TokenType::kName) &&
                     next.type == TokenType::kOperator && next.text == "=";
  if (!named) {
    if (!args->named.empty() || args->double_star != nullptr) {
      return stream_.Error("a positional argument follows a named one");
    }
    SPACEMOE_ASSIGN_OR_RETURN(ExprPtr value, Parse());
    args->positional.push_back(std::move(value));
    return absl::OkStatus();
  }
  const std::string name = stream_.Take().text;
  stream_.Take();
  SPACEMOE_ASSIGN_OR_RETURN(ExprPtr value, Parse());
  args->named.emplace_back(name, std::move(value));
  return absl::OkStatus();
}

absl::StatusOr<std::string> ExpressionParser::ParseDottedName() {
  if (!stream_.Is(TokenType::kName)) return stream_.Unexpected("a name");
  std::string name = stream_.Take().text;
  while (stream_.SkipOperator(".")) {
    if (!stream_.Is(TokenType::kName)) return stream_.Unexpected("a name");
    absl::StrAppend(&name, ".", stream_.Take().text);
  }
  return name;
}

absl::StatusOr<Filter> ExpressionParser::ParseFilter() {
  Filter filter;
  filter.line = stream_.current().line;
  SPACEMOE_ASSIGN_OR_RETURN(filter.name, ParseDottedName());
  if (stream_.IsOperator("(")) {
    SPACEMOE_RETURN_IF_ERROR(ParseArgs(&filter.args));
  }
  return filter;
}

// A test takes one argument without parentheses: x is divisibleby 3.
bool ExpressionParser::AtTestArgument() const {
  switch (stream_.current().type) {
    case TokenType::kName:
      return !stream_.IsName("else") && !stream_.IsName("or") &&
             !stream_.IsName("and") && !stream_.IsName("is");
    case TokenType::kString:
    case TokenType::kInteger:
    case TokenType::kFloat:
      return true;
    default:
      return stream_.IsOperator("[") || stream_.IsOperator("{");
  }
}

Result ExpressionParser::ParseTest(ExprPtr node) {
  auto test = NewNode<TestExpr>();
  stream_.Take();
  test->negated = stream_.SkipName("not");
  test->input = std::move(node);
  SPACEMOE_ASSIGN_OR_RETURN(test->name, ParseDottedName());
  if (stream_.IsOperator("(")) {
    SPACEMOE_RETURN_IF_ERROR(ParseArgs(&test->args));
  } else if (AtTestArgument()) {
    SPACEMOE_ASSIGN_OR_RETURN(ExprPtr argument, ParsePrimaryWithPostfix());
    test->args.positional.push_back(std::move(argument));
  } else if (stream_.IsName("is")) {
    return stream_.Error("tests can not be chained with is");
  }
  return test;
}

}  // namespace spacemoe::jinja
