#include "models/chat/macro.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

bool IsNamed(const Args& args, const std::string& name) {
  return std::any_of(args.named.begin(), args.named.end(),
                     [&](const auto& entry) { return entry.first == name; });
}

}  // namespace

absl::StatusOr<std::optional<Value>> Macro::Attribute(Runtime&,
                                                      const std::string& name) {
  std::optional<Value> value;
  if (name == "name") value = Value::String(definition_.name);
  if (name == "caller") value = Value::Bool(definition_.uses_caller);
  return value;
}

absl::Status Macro::SetPositional(Runtime& runtime, const Args& args,
                                  Scope* scope) const {
  const auto& parameters = definition_.parameters;
  const size_t taken = std::min(args.positional.size(), parameters.size());
  for (size_t i = 0; i < taken; ++i) {
    scope->Set(parameters[i], args.positional[i]);
  }
  if (definition_.uses_varargs) {
    SPACEMOE_ASSIGN_OR_RETURN(Value rest,
                              runtime.Tuple({args.positional.begin() + taken,
                                             args.positional.end()}));
    scope->Set("varargs", std::move(rest));
  } else if (taken < args.positional.size()) {
    return TypeError(absl::StrCat("macro '", definition_.name,
                                  "' takes not more than ", parameters.size(),
                                  " argument(s)"));
  }
  return absl::OkStatus();
}

absl::Status Macro::SetNamed(Runtime& runtime, const Args& args,
                             Scope* scope) const {
  const auto& parameters = definition_.parameters;
  Dict rest;
  for (const auto& [name, value] : args.named) {
    const auto found = std::find(parameters.begin(), parameters.end(), name);
    const auto position = static_cast<size_t>(found - parameters.begin());
    if (found != parameters.end() && position >= args.positional.size()) {
      scope->Set(name, value);
    } else if (name == "caller" && definition_.uses_caller) {
      scope->Set(name, value);
    } else if (definition_.uses_kwargs && found == parameters.end()) {
      rest.Set(Value::String(name), value);
    } else {
      return TypeError(absl::StrCat("macro '", definition_.name,
                                    "' takes no keyword argument '", name,
                                    "'"));
    }
  }
  if (!definition_.uses_kwargs) return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(Value kwargs, runtime.MakeDict(std::move(rest)));
  scope->Set("kwargs", std::move(kwargs));
  return absl::OkStatus();
}

absl::Status Macro::SetDefaults(Runtime& runtime, const Args& args,
                                const ScopePtr& scope) const {
  const auto& parameters = definition_.parameters;
  const size_t without = parameters.size() - definition_.defaults.size();
  for (size_t i = args.positional.size(); i < parameters.size(); ++i) {
    if (IsNamed(args, parameters[i])) continue;
    Value value = Value::MakeUndefined(
        absl::StrCat("parameter '", parameters[i], "' was not provided"));
    if (i >= without) {
      SPACEMOE_ASSIGN_OR_RETURN(
          value, Evaluate(*definition_.defaults[i - without], runtime, scope));
    }
    scope->Set(parameters[i], std::move(value));
  }
  return absl::OkStatus();
}

absl::StatusOr<Value> Macro::Call(Runtime& runtime, const Args& args) {
  const ScopePtr scope = NewScope(scope_);
  if (definition_.uses_caller && !IsNamed(args, "caller")) {
    scope->Set("caller", Value::MakeUndefined("No caller defined"));
  }
  SPACEMOE_RETURN_IF_ERROR(SetPositional(runtime, args, scope.get()));
  SPACEMOE_RETURN_IF_ERROR(SetNamed(runtime, args, scope.get()));
  SPACEMOE_RETURN_IF_ERROR(SetDefaults(runtime, args, scope));
  std::string text;
  SPACEMOE_RETURN_IF_ERROR(
      definition_.body.Exec(runtime, scope, &text).status());
  return runtime.String(std::move(text));
}

}  // namespace spacemoe::jinja
