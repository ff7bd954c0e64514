#include "models/chat/expression_parser.h"

#include <charconv>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {

using Result = absl::StatusOr<ExprPtr>;

Result ExpressionParser::Parse() {
  NestingGuard guard(stream_);
  SPACEMOE_RETURN_IF_ERROR(guard.Enter());
  SPACEMOE_ASSIGN_OR_RETURN(ExprPtr value, ParseOr());
  while (stream_.IsName("if")) {
    SPACEMOE_RETURN_IF_ERROR(guard.Enter());
    auto node = NewNode<Conditional>();
    stream_.Take();
    node->if_true = std::move(value);
    SPACEMOE_ASSIGN_OR_RETURN(node->test, ParseOr());
    if (stream_.SkipName("else")) {
      SPACEMOE_ASSIGN_OR_RETURN(node->if_false, Parse());
    }
    value = std::move(node);
  }
  return value;
}

Result ExpressionParser::ParseLogic(Level operand, const char* word,
                                    bool is_or) {
  SPACEMOE_ASSIGN_OR_RETURN(ExprPtr first, (this->*operand)());
  if (!stream_.IsName(word)) return first;
  auto node = NewNode<LogicExpr>();
  node->is_or = is_or;
  node->operands.push_back(std::move(first));
  while (stream_.SkipName(word)) {
    SPACEMOE_ASSIGN_OR_RETURN(ExprPtr next, (this->*operand)());
    node->operands.push_back(std::move(next));
  }
  return node;
}

Result ExpressionParser::ParseOr() {
  return ParseLogic(&ExpressionParser::ParseAnd, "or", true);
}

Result ExpressionParser::ParseAnd() {
  return ParseLogic(&ExpressionParser::ParseNot, "and", false);
}

Result ExpressionParser::ParseNot() {
  if (!stream_.IsName("not")) return ParseComparison();
  NestingGuard guard(stream_);
  SPACEMOE_RETURN_IF_ERROR(guard.Enter());
  auto node = NewNode<NotExpr>();
  stream_.Take();
  SPACEMOE_ASSIGN_OR_RETURN(node->operand, ParseNot());
  return node;
}

bool ExpressionParser::TakeComparison(CompareOp* op) {
  static constexpr std::pair<const char*, CompareOp> kOperators[] = {
      {"==", CompareOp::kEq}, {"!=", CompareOp::kNe}, {"<", CompareOp::kLt},
      {"<=", CompareOp::kLe}, {">", CompareOp::kGt},  {">=", CompareOp::kGe}};
  for (const auto& [text, value] : kOperators) {
    if (!stream_.SkipOperator(text)) continue;
    *op = value;
    return true;
  }
  const Token& next = stream_.following();
  const bool not_in = stream_.IsName("not") && next.type == TokenType::kName &&
                      next.text == "in";
  if (not_in) stream_.Take();
  *op = not_in ? CompareOp::kNotIn : CompareOp::kIn;
  return stream_.SkipName("in");
}

Result ExpressionParser::ParseComparison() {
  auto node = NewNode<CompareExpr>();
  SPACEMOE_ASSIGN_OR_RETURN(node->first, ParseSum());
  CompareOp op;
  while (TakeComparison(&op)) {
    SPACEMOE_ASSIGN_OR_RETURN(ExprPtr right, ParseSum());
    node->rest.emplace_back(op, std::move(right));
  }
  if (node->rest.empty()) return std::move(node->first);
  return node;
}

Result ExpressionParser::ParseBinary(Level operand,
                                     std::vector<OperatorEntry> operators) {
  NestingGuard guard(stream_);
  SPACEMOE_ASSIGN_OR_RETURN(ExprPtr left, (this->*operand)());
  while (true) {
    const OperatorEntry* found = nullptr;
    for (const OperatorEntry& entry : operators) {
      if (stream_.IsOperator(entry.text)) found = &entry;
    }
    if (found == nullptr) return left;
    SPACEMOE_RETURN_IF_ERROR(guard.Enter());
    auto node = NewNode<Binary>();
    stream_.Take();
    node->op = found->op;
    node->left = std::move(left);
    SPACEMOE_ASSIGN_OR_RETURN(node->right, (this->*operand)());
    left = std::move(node);
  }
}

Result ExpressionParser::ParseSum() {
  return ParseBinary(&ExpressionParser::ParseConcat,
                     {{"+", BinaryOp::kAdd}, {"-", BinaryOp::kSub}});
}

Result ExpressionParser::ParseConcat() {
  SPACEMOE_ASSIGN_OR_RETURN(ExprPtr first, ParseProduct());
  if (!stream_.IsOperator("~")) return first;
  auto node = NewNode<ConcatExpr>();
  node->parts.push_back(std::move(first));
  while (stream_.SkipOperator("~")) {
    SPACEMOE_ASSIGN_OR_RETURN(ExprPtr next, ParseProduct());
    node->parts.push_back(std::move(next));
  }
  return node;
}

Result ExpressionParser::ParseProduct() {
  return ParseBinary(&ExpressionParser::ParsePower,
                     {{"*", BinaryOp::kMul},
                      {"/", BinaryOp::kDiv},
                      {"//", BinaryOp::kFloorDiv},
                      {"%", BinaryOp::kMod}});
}

Result ExpressionParser::ParsePower() {
  NestingGuard guard(stream_);
  SPACEMOE_ASSIGN_OR_RETURN(ExprPtr left, ParseUnary(true));
  while (stream_.IsOperator("**")) {
    SPACEMOE_RETURN_IF_ERROR(guard.Enter());
    auto node = NewNode<Binary>();
    stream_.Take();
    node->op = BinaryOp::kPow;
    node->left = std::move(left);
    SPACEMOE_ASSIGN_OR_RETURN(node->right, ParseUnary(true));
    left = std::move(node);
  }
  return left;
}

Result ExpressionParser::ParseUnary(bool with_filters) {
  NestingGuard guard(stream_);
  SPACEMOE_RETURN_IF_ERROR(guard.Enter());
  ExprPtr node;
  if (stream_.IsOperator("-") || stream_.IsOperator("+")) {
    auto unary = NewNode<Unary>();
    unary->op = stream_.Take().text == "-" ? UnaryOp::kMinus : UnaryOp::kPlus;
    SPACEMOE_ASSIGN_OR_RETURN(unary->operand, ParseUnary(false));
    node = std::move(unary);
  } else {
    SPACEMOE_ASSIGN_OR_RETURN(node, ParsePrimary());
  }
  SPACEMOE_ASSIGN_OR_RETURN(node, ParsePostfix(std::move(node)));
  if (!with_filters) return node;
  return ParseFiltersAndTests(std::move(node));
}

Result ExpressionParser::ParsePrimaryWithPostfix() {
  SPACEMOE_ASSIGN_OR_RETURN(ExprPtr node, ParsePrimary());
  return ParsePostfix(std::move(node));
}

Result ExpressionParser::ParsePrimary() {
  switch (stream_.current().type) {
    case TokenType::kName:
      return ParseName();
    case TokenType::kString:
      return ParseStrings();
    case TokenType::kInteger:
    case TokenType::kFloat:
      return ParseNumber();
    default:
      break;
  }
  if (stream_.IsOperator("(")) return ParseParentheses();
  if (stream_.IsOperator("[")) return ParseList();
  if (stream_.IsOperator("{")) return ParseDict();
  return stream_.Unexpected("an expression");
}

Result ExpressionParser::ParseName() {
  const int line = stream_.current().line;
  const std::string name = stream_.Take().text;
  ExprPtr node;
  if (name == "true" || name == "True") {
    node = std::make_unique<Literal>(Value::Bool(true));
  } else if (name == "false" || name == "False") {
    node = std::make_unique<Literal>(Value::Bool(false));
  } else if (name == "none" || name == "None") {
    node = std::make_unique<Literal>(Value());
  } else {
    node = std::make_unique<Name>(name);
  }
  node->line = line;
  return node;
}

Result ExpressionParser::ParseStrings() {
  std::string text;
  while (stream_.Is(TokenType::kString)) text += stream_.Take().text;
  return std::make_unique<Literal>(Value::String(std::move(text)));
}

Result ExpressionParser::ParseNumber() {
  const Token& token = stream_.current();
  const char* begin = token.text.data();
  const char* end = begin + token.text.size();
  Value value;
  if (token.type == TokenType::kInteger) {
    int64_t number = 0;
    if (std::from_chars(begin, end, number).ec != std::errc()) {
      return stream_.Error(
          absl::StrCat("the integer ", token.text, " has more than 64 bits"));
    }
    value = Value::Int(number);
  } else {
    value = Value::Float(std::strtod(begin, nullptr));
  }
  stream_.Take();
  return std::make_unique<Literal>(std::move(value));
}

Result ExpressionParser::ParseParentheses() {
  stream_.Take();
  ExprPtr node;
  if (stream_.IsOperator(")")) {
    auto empty = NewNode<SequenceExpr>();
    empty->kind = SequenceKind::kTuple;
    node = std::move(empty);
  } else {
    SPACEMOE_ASSIGN_OR_RETURN(node, ParseTuple(true));
  }
  SPACEMOE_RETURN_IF_ERROR(stream_.ExpectOperator(")"));
  return node;
}

Result ExpressionParser::ParseTuple(bool with_conditional) {
  SPACEMOE_ASSIGN_OR_RETURN(ExprPtr first,
                            with_conditional ? Parse() : ParseOr());
  if (!stream_.IsOperator(",")) return first;
  auto tuple = NewNode<SequenceExpr>();
  tuple->kind = SequenceKind::kTuple;
  tuple->items.push_back(std::move(first));
  while (stream_.SkipOperator(",")) {
    const bool ends = stream_.Is(TokenType::kOutputEnd) ||
                      stream_.Is(TokenType::kBlockEnd) ||
                      stream_.IsOperator(")");
    if (ends) break;
    SPACEMOE_ASSIGN_OR_RETURN(ExprPtr next,
                              with_conditional ? Parse() : ParseOr());
    tuple->items.push_back(std::move(next));
  }
  return tuple;
}

Result ExpressionParser::ParseList() {
  auto list = NewNode<SequenceExpr>();
  stream_.Take();
  while (!stream_.IsOperator("]")) {
    if (!list->items.empty()) {
      SPACEMOE_RETURN_IF_ERROR(stream_.ExpectOperator(","));
    }
    if (stream_.IsOperator("]")) break;
    SPACEMOE_ASSIGN_OR_RETURN(ExprPtr item, Parse());
    list->items.push_back(std::move(item));
  }
  SPACEMOE_RETURN_IF_ERROR(stream_.ExpectOperator("]"));
  return list;
}

Result ExpressionParser::ParseDict() {
  auto dict = NewNode<DictExpr>();
  stream_.Take();
  while (!stream_.IsOperator("}")) {
    if (!dict->entries.empty()) {
      SPACEMOE_RETURN_IF_ERROR(stream_.ExpectOperator(","));
    }
    if (stream_.IsOperator("}")) break;
    SPACEMOE_ASSIGN_OR_RETURN(ExprPtr key, Parse());
    SPACEMOE_RETURN_IF_ERROR(stream_.ExpectOperator(":"));
    SPACEMOE_ASSIGN_OR_RETURN(ExprPtr value, Parse());
    dict->entries.emplace_back(std::move(key), std::move(value));
  }
  SPACEMOE_RETURN_IF_ERROR(stream_.ExpectOperator("}"));
  return dict;
}

}  // namespace spacemoe::jinja
