#include "models/chat/expressions.h"

#include "absl/strings/str_cat.h"
#include "models/chat/attributes.h"
#include "models/chat/filters.h"
#include "models/chat/print.h"
#include "models/chat/value_tests.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

using Result = absl::StatusOr<Value>;

// None for an expression that is left out.
Result EvaluateOr(const ExprPtr& expr, Runtime& runtime,
                  const ScopePtr& scope) {
  return expr == nullptr ? Result(Value()) : Evaluate(*expr, runtime, scope);
}

absl::Status AppendStar(Runtime& runtime, const Value& value, Args* args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, ItemsOf(runtime, value));
  args->positional.insert(args->positional.end(), items.begin(), items.end());
  return absl::OkStatus();
}

absl::Status AppendDoubleStar(Runtime& runtime, const Value& value,
                              Args* args) {
  const Dict* dict = value.dict_if();
  if (dict == nullptr) {
    return TypeError(absl::StrCat("argument after ** must be a mapping, not ",
                                  value.TypeName()));
  }
  SPACEMOE_RETURN_IF_ERROR(
      runtime.Charge(static_cast<int64_t>(dict->entries().size())));
  for (const auto& [key, item] : dict->entries()) {
    if (!key.is_string()) return TypeError("keywords must be strings");
    args->named.emplace_back(*key.string_if(), item);
  }
  return absl::OkStatus();
}

}  // namespace

Result Evaluate(const Expr& expr, Runtime& runtime, const ScopePtr& scope) {
  SPACEMOE_RETURN_IF_ERROR(runtime.Charge(1));
  const DepthGuard guard(runtime);
  SPACEMOE_RETURN_IF_ERROR(guard.Check());
  if (expr.line > 0) runtime.set_line(expr.line);
  return expr.Eval(runtime, scope);
}

Result Name::Eval(Runtime&, const ScopePtr& scope) const {
  const Value* value = scope->Find(name);
  if (value != nullptr) return *value;
  return Value::MakeUndefined(absl::StrCat("'", name, "' is undefined"));
}

Result SequenceExpr::Eval(Runtime& runtime, const ScopePtr& scope) const {
  std::vector<Value> values;
  for (const ExprPtr& item : items) {
    SPACEMOE_ASSIGN_OR_RETURN(Value value, Evaluate(*item, runtime, scope));
    values.push_back(std::move(value));
  }
  return runtime.MakeSequence(kind, std::move(values));
}

Result DictExpr::Eval(Runtime& runtime, const ScopePtr& scope) const {
  Dict dict;
  for (const auto& [key_expr, value_expr] : entries) {
    SPACEMOE_ASSIGN_OR_RETURN(const Value key,
                              Evaluate(*key_expr, runtime, scope));
    SPACEMOE_ASSIGN_OR_RETURN(Value value,
                              Evaluate(*value_expr, runtime, scope));
    if (!dict.Set(key, std::move(value))) {
      return TypeError(absl::StrCat("unhashable type: '", key.TypeName(), "'"));
    }
  }
  return runtime.MakeDict(std::move(dict));
}

Result Unary::Eval(Runtime& runtime, const ScopePtr& scope) const {
  SPACEMOE_ASSIGN_OR_RETURN(const Value value,
                            Evaluate(*operand, runtime, scope));
  return Apply(runtime, op, value);
}

Result Binary::Eval(Runtime& runtime, const ScopePtr& scope) const {
  SPACEMOE_ASSIGN_OR_RETURN(const Value a, Evaluate(*left, runtime, scope));
  SPACEMOE_ASSIGN_OR_RETURN(const Value b, Evaluate(*right, runtime, scope));
  return Apply(runtime, op, a, b);
}

Result ConcatExpr::Eval(Runtime& runtime, const ScopePtr& scope) const {
  std::string text;
  for (const ExprPtr& part : parts) {
    SPACEMOE_ASSIGN_OR_RETURN(const Value value,
                              Evaluate(*part, runtime, scope));
    SPACEMOE_ASSIGN_OR_RETURN(const std::string printed,
                              ToText(runtime, value));
    text += printed;
    SPACEMOE_RETURN_IF_ERROR(runtime.CheckTextSize(text.size()));
  }
  return runtime.String(std::move(text));
}

Result CompareExpr::Eval(Runtime& runtime, const ScopePtr& scope) const {
  SPACEMOE_ASSIGN_OR_RETURN(Value left, Evaluate(*first, runtime, scope));
  for (const auto& [op, expr] : rest) {
    SPACEMOE_ASSIGN_OR_RETURN(Value right, Evaluate(*expr, runtime, scope));
    SPACEMOE_ASSIGN_OR_RETURN(const bool holds,
                              Compare(runtime, op, left, right));
    if (!holds) return Value::Bool(false);
    left = std::move(right);
  }
  return Value::Bool(true);
}

Result LogicExpr::Eval(Runtime& runtime, const ScopePtr& scope) const {
  Value value;
  for (const ExprPtr& operand : operands) {
    SPACEMOE_ASSIGN_OR_RETURN(value, Evaluate(*operand, runtime, scope));
    if (value.Truthy() == is_or) return value;
  }
  return value;
}

Result NotExpr::Eval(Runtime& runtime, const ScopePtr& scope) const {
  SPACEMOE_ASSIGN_OR_RETURN(const Value value,
                            Evaluate(*operand, runtime, scope));
  return Value::Bool(!value.Truthy());
}

Result Conditional::Eval(Runtime& runtime, const ScopePtr& scope) const {
  SPACEMOE_ASSIGN_OR_RETURN(const Value value, Evaluate(*test, runtime, scope));
  if (value.Truthy()) return Evaluate(*if_true, runtime, scope);
  if (if_false != nullptr) return Evaluate(*if_false, runtime, scope);
  return Value::MakeUndefined(
      absl::StrCat("the inline if-expression on line ", line,
                   " evaluated to false and no else section was defined."));
}

Result AttributeExpr::Eval(Runtime& runtime, const ScopePtr& scope) const {
  SPACEMOE_ASSIGN_OR_RETURN(const Value value,
                            Evaluate(*object, runtime, scope));
  return GetAttribute(runtime, value, name);
}

Result ItemExpr::Eval(Runtime& runtime, const ScopePtr& scope) const {
  SPACEMOE_ASSIGN_OR_RETURN(const Value value,
                            Evaluate(*object, runtime, scope));
  SPACEMOE_ASSIGN_OR_RETURN(const Value index, Evaluate(*key, runtime, scope));
  return GetItem(runtime, value, index);
}

Result SliceExpr::Eval(Runtime& runtime, const ScopePtr& scope) const {
  SPACEMOE_ASSIGN_OR_RETURN(const Value value,
                            Evaluate(*object, runtime, scope));
  SPACEMOE_ASSIGN_OR_RETURN(const Value a, EvaluateOr(start, runtime, scope));
  SPACEMOE_ASSIGN_OR_RETURN(const Value b, EvaluateOr(stop, runtime, scope));
  SPACEMOE_ASSIGN_OR_RETURN(const Value c, EvaluateOr(step, runtime, scope));
  return GetSlice(runtime, value, a, b, c);
}

absl::StatusOr<Args> ArgsExpr::Eval(Runtime& runtime,
                                    const ScopePtr& scope) const {
  Args args;
  for (const ExprPtr& expr : positional) {
    SPACEMOE_ASSIGN_OR_RETURN(Value value, Evaluate(*expr, runtime, scope));
    args.positional.push_back(std::move(value));
  }
  for (const auto& [name, expr] : named) {
    SPACEMOE_ASSIGN_OR_RETURN(Value value, Evaluate(*expr, runtime, scope));
    args.named.emplace_back(name, std::move(value));
  }
  if (star != nullptr) {
    SPACEMOE_ASSIGN_OR_RETURN(const Value more,
                              Evaluate(*star, runtime, scope));
    SPACEMOE_RETURN_IF_ERROR(AppendStar(runtime, more, &args));
  }
  if (double_star != nullptr) {
    SPACEMOE_ASSIGN_OR_RETURN(const Value more,
                              Evaluate(*double_star, runtime, scope));
    SPACEMOE_RETURN_IF_ERROR(AppendDoubleStar(runtime, more, &args));
  }
  return args;
}

Result CallExpr::Eval(Runtime& runtime, const ScopePtr& scope) const {
  SPACEMOE_ASSIGN_OR_RETURN(const Value function,
                            Evaluate(*callee, runtime, scope));
  SPACEMOE_ASSIGN_OR_RETURN(const Args values, args.Eval(runtime, scope));
  runtime.set_line(line);
  return CallValue(runtime, function, values);
}

Result FilterExpr::Eval(Runtime& runtime, const ScopePtr& scope) const {
  SPACEMOE_ASSIGN_OR_RETURN(const Value value,
                            Evaluate(*input, runtime, scope));
  return filter.ApplyTo(runtime, scope, value);
}

Result Filter::ApplyTo(Runtime& runtime, const ScopePtr& scope,
                       const Value& value) const {
  SPACEMOE_ASSIGN_OR_RETURN(const Args values, args.Eval(runtime, scope));
  runtime.set_line(line);
  return ApplyFilter(runtime, name, value, values);
}

Result TestExpr::Eval(Runtime& runtime, const ScopePtr& scope) const {
  SPACEMOE_ASSIGN_OR_RETURN(const Value value,
                            Evaluate(*input, runtime, scope));
  SPACEMOE_ASSIGN_OR_RETURN(const Args values, args.Eval(runtime, scope));
  runtime.set_line(line);
  SPACEMOE_ASSIGN_OR_RETURN(const bool holds,
                            ApplyTest(runtime, name, value, values));
  return Value::Bool(holds != negated);
}

}  // namespace spacemoe::jinja
