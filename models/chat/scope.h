// The variables of a template, in nested scopes.
#ifndef SPACEMOE_MODELS_CHAT_SCOPE_H_
#define SPACEMOE_MODELS_CHAT_SCOPE_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "models/chat/value.h"

namespace spacemoe::jinja {

// Shared because macros keep the scope in which they were defined.
class Scope {
 public:
  explicit Scope(std::shared_ptr<const Scope> parent)
      : parent_(std::move(parent)) {}

  void Set(const std::string& name, Value value) {
    variables_[name] = std::move(value);
  }

  // From the innermost scope outwards; nullptr if there is no such variable.
  const Value* Find(const std::string& name) const {
    for (const Scope* scope = this; scope != nullptr;
         scope = scope->parent_.get()) {
      const auto found = scope->variables_.find(name);
      if (found != scope->variables_.end()) return &found->second;
    }
    return nullptr;
  }

 private:
  const std::shared_ptr<const Scope> parent_;
  absl::flat_hash_map<std::string, Value> variables_;
};

using ScopePtr = std::shared_ptr<Scope>;

inline ScopePtr NewScope(const ScopePtr& parent) {
  return std::make_shared<Scope>(parent);
}

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_SCOPE_H_
