#include "models/chat/statements.h"

#include "absl/strings/str_cat.h"
#include "models/chat/macro.h"
#include "models/chat/namespace.h"
#include "models/chat/print.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

using Result = absl::StatusOr<Flow>;

// What a macro, which keeps its scope until the rendering ends, counts for.
constexpr int64_t kMacroWork = 8;

absl::StatusOr<Value> ApplyAll(const std::vector<Filter>& filters,
                               Runtime& runtime, const ScopePtr& scope,
                               Value value) {
  for (const Filter& filter : filters) {
    SPACEMOE_ASSIGN_OR_RETURN(value, filter.ApplyTo(runtime, scope, value));
  }
  return value;
}

absl::Status AppendValue(Runtime& runtime, const Value& value,
                         std::string* out) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string text, ToText(runtime, value));
  return AppendOutput(runtime, text, out);
}

absl::Status Unpack(Runtime& runtime, const ScopePtr& scope,
                    const std::vector<Target>& parts, const Value& value) {
  if (value.is_number() || value.is_none()) {
    return TypeError(absl::StrCat("cannot unpack non-iterable ",
                                  value.TypeName(), " object"));
  }
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, ItemsOf(runtime, value));
  if (items.size() != parts.size()) {
    return TypeError(
        absl::StrCat(items.size() < parts.size() ? "not enough" : "too many",
                     " values to unpack (expected ", parts.size(), ", got ",
                     items.size(), ")"));
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    SPACEMOE_RETURN_IF_ERROR(parts[i].Assign(runtime, scope, items[i]));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AppendOutput(Runtime& runtime, std::string_view text,
                          std::string* out) {
  SPACEMOE_RETURN_IF_ERROR(runtime.ChargeBytes(text.size()));
  SPACEMOE_RETURN_IF_ERROR(runtime.CheckTextSize(out->size() + text.size()));
  out->append(text);
  return absl::OkStatus();
}

Result Body::Exec(Runtime& runtime, const ScopePtr& scope,
                  std::string* out) const {
  const DepthGuard guard(runtime);
  SPACEMOE_RETURN_IF_ERROR(guard.Check());
  for (const StatementPtr& statement : statements) {
    SPACEMOE_RETURN_IF_ERROR(runtime.Charge(1));
    runtime.set_line(statement->line);
    SPACEMOE_ASSIGN_OR_RETURN(const Flow flow,
                              statement->Exec(runtime, scope, out));
    if (flow != Flow::kNext) return flow;
  }
  return Flow::kNext;
}

absl::StatusOr<Value> Body::Capture(Runtime& runtime,
                                    const ScopePtr& scope) const {
  std::string text;
  SPACEMOE_RETURN_IF_ERROR(Exec(runtime, NewScope(scope), &text).status());
  return runtime.String(std::move(text));
}

Result TextStatement::Exec(Runtime& runtime, const ScopePtr&,
                           std::string* out) const {
  SPACEMOE_RETURN_IF_ERROR(AppendOutput(runtime, text, out));
  return Flow::kNext;
}

Result OutputStatement::Exec(Runtime& runtime, const ScopePtr& scope,
                             std::string* out) const {
  SPACEMOE_ASSIGN_OR_RETURN(const Value result,
                            Evaluate(*value, runtime, scope));
  SPACEMOE_RETURN_IF_ERROR(AppendValue(runtime, result, out));
  return Flow::kNext;
}

Result IfStatement::Exec(Runtime& runtime, const ScopePtr& scope,
                         std::string* out) const {
  for (const auto& [condition, body] : branches) {
    SPACEMOE_ASSIGN_OR_RETURN(const Value holds,
                              Evaluate(*condition, runtime, scope));
    if (holds.Truthy()) return body.Exec(runtime, scope, out);
  }
  return otherwise.Exec(runtime, scope, out);
}

absl::Status Target::Assign(Runtime& runtime, const ScopePtr& scope,
                            const Value& value) const {
  if (!parts.empty()) return Unpack(runtime, scope, parts, value);
  if (!attribute.has_value()) {
    scope->Set(name, value);
    return absl::OkStatus();
  }
  const Value* owner = scope->Find(name);
  auto* space =
      owner == nullptr ? nullptr : dynamic_cast<Namespace*>(owner->object_if());
  if (space == nullptr) {
    return TypeError("cannot assign attribute on non-namespace object");
  }
  space->Set(*attribute, value);
  return absl::OkStatus();
}

Result SetStatement::Exec(Runtime& runtime, const ScopePtr& scope,
                          std::string*) const {
  SPACEMOE_ASSIGN_OR_RETURN(const Value result,
                            Evaluate(*value, runtime, scope));
  SPACEMOE_RETURN_IF_ERROR(target.Assign(runtime, scope, result));
  return Flow::kNext;
}

Result SetBlockStatement::Exec(Runtime& runtime, const ScopePtr& scope,
                               std::string*) const {
  SPACEMOE_ASSIGN_OR_RETURN(Value value, body.Capture(runtime, scope));
  SPACEMOE_ASSIGN_OR_RETURN(
      value, ApplyAll(filters, runtime, scope, std::move(value)));
  SPACEMOE_RETURN_IF_ERROR(target.Assign(runtime, scope, value));
  return Flow::kNext;
}

Result FilterStatement::Exec(Runtime& runtime, const ScopePtr& scope,
                             std::string* out) const {
  SPACEMOE_ASSIGN_OR_RETURN(Value value, body.Capture(runtime, scope));
  SPACEMOE_ASSIGN_OR_RETURN(
      value, ApplyAll(filters, runtime, scope, std::move(value)));
  SPACEMOE_RETURN_IF_ERROR(AppendValue(runtime, value, out));
  return Flow::kNext;
}

Result MacroStatement::Exec(Runtime& runtime, const ScopePtr& scope,
                            std::string*) const {
  SPACEMOE_RETURN_IF_ERROR(runtime.Charge(kMacroWork));
  scope->Set(macro.name, Value::Of(runtime.New<Macro>(macro, scope)));
  return Flow::kNext;
}

Result CallStatement::Exec(Runtime& runtime, const ScopePtr& scope,
                           std::string* out) const {
  SPACEMOE_ASSIGN_OR_RETURN(const Value function,
                            Evaluate(*callee, runtime, scope));
  SPACEMOE_ASSIGN_OR_RETURN(Args values, args.Eval(runtime, scope));
  SPACEMOE_RETURN_IF_ERROR(runtime.Charge(kMacroWork));
  values.named.emplace_back("caller",
                            Value::Of(runtime.New<Macro>(caller, scope)));
  SPACEMOE_ASSIGN_OR_RETURN(const Value result,
                            CallValue(runtime, function, values));
  SPACEMOE_RETURN_IF_ERROR(AppendValue(runtime, result, out));
  return Flow::kNext;
}

Result WithStatement::Exec(Runtime& runtime, const ScopePtr& scope,
                           std::string* out) const {
  const ScopePtr inner = NewScope(scope);
  for (const auto& [target, expr] : assignments) {
    SPACEMOE_ASSIGN_OR_RETURN(const Value value,
                              Evaluate(*expr, runtime, scope));
    SPACEMOE_RETURN_IF_ERROR(target.Assign(runtime, inner, value));
  }
  return body.Exec(runtime, inner, out);
}

Result GenerationStatement::Exec(Runtime& runtime, const ScopePtr& scope,
                                 std::string* out) const {
  return body.Exec(runtime, scope, out);
}

}  // namespace spacemoe::jinja
