#include "models/chat/statement_parser.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/chat/expression_parser.h"
#include "models/chat/token_stream.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

using Result = absl::StatusOr<StatementPtr>;
using Words = std::initializer_list<std::string_view>;

class StatementParser {
 public:
  explicit StatementParser(std::vector<Token> tokens)
      : stream_(std::move(tokens)), expressions_(stream_) {}

  absl::StatusOr<Body> ParseAll() {
    SPACEMOE_ASSIGN_OR_RETURN(Body body, ParseBody({}));
    if (!stream_.Is(TokenType::kEnd)) return UnknownTag();
    return body;
  }

 private:
  // Statements up to a tag that is one of `ends`, which is left to be read
  // (the {% before it is taken), or to the end of the template.
  absl::StatusOr<Body> ParseBody(Words ends) {
    NestingGuard guard(stream_);
    SPACEMOE_RETURN_IF_ERROR(guard.Enter());
    Body body;
    while (!stream_.Is(TokenType::kEnd)) {
      if (stream_.Is(TokenType::kText)) {
        body.statements.push_back(Text());
      } else if (stream_.Is(TokenType::kOutputBegin)) {
        SPACEMOE_ASSIGN_OR_RETURN(StatementPtr output, Output());
        body.statements.push_back(std::move(output));
      } else {
        SPACEMOE_RETURN_IF_ERROR(
            stream_.Expect(TokenType::kBlockBegin, "'{%'"));
        if (AtOneOf(ends)) return body;
        SPACEMOE_ASSIGN_OR_RETURN(StatementPtr statement, Tag());
        body.statements.push_back(std::move(statement));
      }
    }
    if (ends.size() == 0) return body;
    return stream_.Unexpected(
        absl::StrCat("'", std::string(*(ends.end() - 1)), "'"));
  }

  // A body whose only end is `end`, with its closing tag.
  absl::StatusOr<Body> ParseBodyUntil(std::string_view end) {
    SPACEMOE_RETURN_IF_ERROR(CloseTag());
    SPACEMOE_ASSIGN_OR_RETURN(Body body, ParseBody({end}));
    stream_.Take();
    SPACEMOE_RETURN_IF_ERROR(CloseTag());
    return body;
  }

  bool AtOneOf(Words words) const {
    return std::any_of(words.begin(), words.end(),
                       [this](auto word) { return stream_.IsName(word); });
  }

  absl::Status CloseTag() {
    return stream_.Expect(TokenType::kBlockEnd, "'%}'");
  }

  template <typename T>
  std::unique_ptr<T> NewStatement() const {
    auto statement = std::make_unique<T>();
    statement->line = stream_.current().line;
    return statement;
  }

  StatementPtr Text() {
    auto statement = NewStatement<TextStatement>();
    statement->text = stream_.Take().text;
    return statement;
  }

  Result Output() {
    auto statement = NewStatement<OutputStatement>();
    stream_.Take();
    SPACEMOE_ASSIGN_OR_RETURN(statement->value, expressions_.ParseTuple(true));
    SPACEMOE_RETURN_IF_ERROR(stream_.Expect(TokenType::kOutputEnd, "'}}'"));
    return statement;
  }

  Result Tag() {
    if (stream_.IsName("if")) return If();
    if (stream_.IsName("for")) return For();
    if (stream_.IsName("set")) return Set();
    if (stream_.IsName("macro")) return DefineMacro();
    if (stream_.IsName("call")) return CallBlock();
    if (stream_.IsName("filter")) return FilterBlock();
    if (stream_.IsName("with")) return With();
    if (stream_.IsName("generation")) return Generation();
    if (stream_.IsName("print")) return Print();
    if (stream_.IsName("break")) return Control(Flow::kBreak);
    if (stream_.IsName("continue")) return Control(Flow::kContinue);
    return UnknownTag();
  }

  absl::Status UnknownTag() const {
    for (const char* name : {"include", "import", "from", "extends", "block",
                             "autoescape", "do", "trans", "debug"}) {
      if (stream_.IsName(name)) {
        return stream_.Unimplemented(absl::StrCat("the tag '", name, "'"));
      }
    }
    if (!stream_.Is(TokenType::kName)) return stream_.Unexpected("a tag name");
    return stream_.Error(
        absl::StrCat("unexpected tag '", stream_.current().text, "'"));
  }

  Result If() {
    auto statement = NewStatement<IfStatement>();
    while (AtOneOf({"if", "elif"})) {
      stream_.Take();
      SPACEMOE_ASSIGN_OR_RETURN(ExprPtr condition,
                                expressions_.ParseTuple(false));
      SPACEMOE_RETURN_IF_ERROR(CloseTag());
      SPACEMOE_ASSIGN_OR_RETURN(Body body,
                                ParseBody({"elif", "else", "endif"}));
      statement->branches.emplace_back(std::move(condition), std::move(body));
    }
    SPACEMOE_ASSIGN_OR_RETURN(statement->otherwise, Else("endif"));
    return statement;
  }

  // An optional {% else %} with its body, then {% END %}.
  absl::StatusOr<Body> Else(std::string_view end) {
    Body body;
    if (stream_.SkipName("else")) {
      SPACEMOE_RETURN_IF_ERROR(CloseTag());
      SPACEMOE_ASSIGN_OR_RETURN(body, ParseBody({end}));
    }
    stream_.Take();
    SPACEMOE_RETURN_IF_ERROR(CloseTag());
    return body;
  }

  Result For() {
    auto statement = NewStatement<ForStatement>();
    stream_.Take();
    SPACEMOE_ASSIGN_OR_RETURN(statement->target, ParseTarget(false));
    if (!stream_.SkipName("in")) return stream_.Unexpected("'in'");
    SPACEMOE_ASSIGN_OR_RETURN(statement->iterable,
                              expressions_.ParseTuple(false));
    if (stream_.SkipName("if")) {
      SPACEMOE_ASSIGN_OR_RETURN(statement->condition, expressions_.Parse());
    }
    if (stream_.IsName("recursive")) {
      return stream_.Unimplemented("a recursive for loop");
    }
    SPACEMOE_RETURN_IF_ERROR(CloseTag());
    ++loops_;
    auto body = ParseBody({"else", "endfor"});
    --loops_;
    SPACEMOE_ASSIGN_OR_RETURN(statement->body, std::move(body));
    SPACEMOE_ASSIGN_OR_RETURN(statement->otherwise, Else("endfor"));
    return statement;
  }

  // Names with commas, with or without parentheses.
  absl::StatusOr<Target> ParseTarget(bool with_attribute) {
    SPACEMOE_ASSIGN_OR_RETURN(Target first, ParseOneTarget(with_attribute));
    if (!stream_.IsOperator(",")) return first;
    Target tuple;
    tuple.parts.push_back(std::move(first));
    while (stream_.SkipOperator(",")) {
      const bool ends = stream_.IsName("in") || stream_.IsOperator("=") ||
                        stream_.IsOperator(")");
      if (ends) break;
      SPACEMOE_ASSIGN_OR_RETURN(Target next, ParseOneTarget(with_attribute));
      tuple.parts.push_back(std::move(next));
    }
    return tuple;
  }

  absl::StatusOr<Target> ParseOneTarget(bool with_attribute) {
    NestingGuard guard(stream_);
    SPACEMOE_RETURN_IF_ERROR(guard.Enter());
    if (stream_.SkipOperator("(")) {
      SPACEMOE_ASSIGN_OR_RETURN(Target inner, ParseTarget(with_attribute));
      SPACEMOE_RETURN_IF_ERROR(stream_.ExpectOperator(")"));
      return inner;
    }
    Target target;
    SPACEMOE_ASSIGN_OR_RETURN(target.name, ParseVariable());
    if (!with_attribute || !stream_.SkipOperator(".")) return target;
    if (!stream_.Is(TokenType::kName)) return stream_.Unexpected("a name");
    target.attribute = stream_.Take().text;
    return target;
  }

  // A name that may be assigned to.
  absl::StatusOr<std::string> ParseVariable() {
    if (!stream_.Is(TokenType::kName)) return stream_.Unexpected("a name");
    if (AtOneOf({"true", "false", "none", "True", "False", "None"})) {
      return stream_.Error(
          absl::StrCat("can not assign to '", stream_.current().text, "'"));
    }
    return stream_.Take().text;
  }

  Result Set() {
    auto statement = NewStatement<SetStatement>();
    stream_.Take();
    SPACEMOE_ASSIGN_OR_RETURN(statement->target, ParseTarget(true));
    if (!stream_.SkipOperator("=")) return SetBlock(std::move(statement));
    SPACEMOE_ASSIGN_OR_RETURN(statement->value, expressions_.ParseTuple(true));
    SPACEMOE_RETURN_IF_ERROR(CloseTag());
    return statement;
  }

  Result SetBlock(std::unique_ptr<SetStatement> head) {
    auto statement = NewStatement<SetBlockStatement>();
    statement->target = std::move(head->target);
    while (stream_.SkipOperator("|")) {
      SPACEMOE_ASSIGN_OR_RETURN(Filter filter, expressions_.ParseFilter());
      statement->filters.push_back(std::move(filter));
    }
    SPACEMOE_ASSIGN_OR_RETURN(statement->body, ParseBodyUntil("endset"));
    return statement;
  }

  Result FilterBlock() {
    auto statement = NewStatement<FilterStatement>();
    do {
      stream_.Take();
      SPACEMOE_ASSIGN_OR_RETURN(Filter filter, expressions_.ParseFilter());
      statement->filters.push_back(std::move(filter));
    } while (stream_.IsOperator("|"));
    SPACEMOE_ASSIGN_OR_RETURN(statement->body, ParseBodyUntil("endfilter"));
    return statement;
  }

  // (a, b=1)
  absl::Status ParseParameters(MacroDefinition* macro) {
    SPACEMOE_RETURN_IF_ERROR(stream_.ExpectOperator("("));
    while (!stream_.IsOperator(")")) {
      if (!macro->parameters.empty()) {
        SPACEMOE_RETURN_IF_ERROR(stream_.ExpectOperator(","));
        if (stream_.IsOperator(")")) break;
      }
      SPACEMOE_ASSIGN_OR_RETURN(std::string name, ParseVariable());
      macro->parameters.push_back(std::move(name));
      if (stream_.SkipOperator("=")) {
        SPACEMOE_ASSIGN_OR_RETURN(ExprPtr value, expressions_.Parse());
        macro->defaults.push_back(std::move(value));
      } else if (!macro->defaults.empty()) {
        return stream_.Error("a parameter without default follows one with");
      }
    }
    return stream_.ExpectOperator(")");
  }

  // The body of a macro. What it may be called with depends on the names that
  // occur in it.
  absl::Status ParseMacroBody(std::string_view end, MacroDefinition* macro) {
    const int loops = std::exchange(loops_, 0);
    const size_t begin = stream_.position();
    auto body = ParseBodyUntil(end);
    loops_ = loops;
    SPACEMOE_ASSIGN_OR_RETURN(macro->body, std::move(body));
    macro->uses_varargs = stream_.HasNameSince(begin, "varargs");
    macro->uses_kwargs = stream_.HasNameSince(begin, "kwargs");
    macro->uses_caller = stream_.HasNameSince(begin, "caller");
    return absl::OkStatus();
  }

  Result DefineMacro() {
    auto statement = NewStatement<MacroStatement>();
    stream_.Take();
    SPACEMOE_ASSIGN_OR_RETURN(statement->macro.name, ParseVariable());
    SPACEMOE_RETURN_IF_ERROR(ParseParameters(&statement->macro));
    SPACEMOE_RETURN_IF_ERROR(ParseMacroBody("endmacro", &statement->macro));
    return statement;
  }

  Result CallBlock() {
    auto statement = NewStatement<CallStatement>();
    stream_.Take();
    statement->caller.name = "caller";
    if (stream_.IsOperator("(")) {
      SPACEMOE_RETURN_IF_ERROR(ParseParameters(&statement->caller));
    }
    SPACEMOE_ASSIGN_OR_RETURN(ExprPtr called,
                              expressions_.ParsePrimaryWithPostfix());
    auto* call = dynamic_cast<CallExpr*>(called.get());
    if (call == nullptr) return stream_.Unexpected("a call");
    statement->callee = std::move(call->callee);
    statement->args = std::move(call->args);
    SPACEMOE_RETURN_IF_ERROR(ParseMacroBody("endcall", &statement->caller));
    return statement;
  }

  Result With() {
    auto statement = NewStatement<WithStatement>();
    stream_.Take();
    while (!stream_.Is(TokenType::kBlockEnd)) {
      if (!statement->assignments.empty()) {
        SPACEMOE_RETURN_IF_ERROR(stream_.ExpectOperator(","));
      }
      SPACEMOE_ASSIGN_OR_RETURN(Target target, ParseOneTarget(false));
      SPACEMOE_RETURN_IF_ERROR(stream_.ExpectOperator("="));
      SPACEMOE_ASSIGN_OR_RETURN(ExprPtr value, expressions_.Parse());
      statement->assignments.emplace_back(std::move(target), std::move(value));
    }
    SPACEMOE_ASSIGN_OR_RETURN(statement->body, ParseBodyUntil("endwith"));
    return statement;
  }

  Result Generation() {
    auto statement = NewStatement<GenerationStatement>();
    stream_.Take();
    SPACEMOE_ASSIGN_OR_RETURN(statement->body, ParseBodyUntil("endgeneration"));
    return statement;
  }

  Result Print() {
    auto statement = NewStatement<OutputStatement>();
    stream_.Take();
    SPACEMOE_ASSIGN_OR_RETURN(statement->value, expressions_.Parse());
    SPACEMOE_RETURN_IF_ERROR(CloseTag());
    return statement;
  }

  Result Control(Flow flow) {
    if (loops_ == 0) {
      return stream_.Error(
          absl::StrCat("'", stream_.current().text, "' outside of a loop"));
    }
    auto statement = std::make_unique<LoopControl>(flow);
    statement->line = stream_.Take().line;
    SPACEMOE_RETURN_IF_ERROR(CloseTag());
    return statement;
  }

  TokenStream stream_;
  ExpressionParser expressions_;
  int loops_ = 0;  // around the current place, within its macro
};

}  // namespace

absl::StatusOr<Body> ParseTemplate(std::string_view source) {
  SPACEMOE_ASSIGN_OR_RETURN(auto tokens, Tokenize(source));
  return StatementParser(std::move(tokens)).ParseAll();
}

}  // namespace spacemoe::jinja
