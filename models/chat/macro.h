// A macro with the scope in which it was defined.
#ifndef SPACEMOE_MODELS_CHAT_MACRO_H_
#define SPACEMOE_MODELS_CHAT_MACRO_H_

#include <string>
#include <utility>

#include "models/chat/object.h"
#include "models/chat/scope.h"
#include "models/chat/statements.h"

namespace spacemoe::jinja {

class Macro : public Object {
 public:
  // `definition` is part of the template and outlives the rendering.
  Macro(const MacroDefinition& definition, ScopePtr scope)
      : definition_(definition), scope_(std::move(scope)) {}

  std::string TypeName() const override { return "Macro"; }
  bool is_callable() const override { return true; }
  absl::StatusOr<std::optional<Value>> Attribute(
      Runtime& runtime, const std::string& name) override;
  absl::StatusOr<Value> Call(Runtime& runtime, const Args& args) override;

 private:
  absl::Status SetPositional(Runtime& runtime, const Args& args,
                             Scope* scope) const;
  absl::Status SetNamed(Runtime& runtime, const Args& args, Scope* scope) const;
  absl::Status SetDefaults(Runtime& runtime, const Args& args,
                           const ScopePtr& scope) const;

  const MacroDefinition& definition_;
  const ScopePtr scope_;
};

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_MACRO_H_
