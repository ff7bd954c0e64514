// The statements of a template.
#ifndef SPACEMOE_MODELS_CHAT_STATEMENTS_H_
#define SPACEMOE_MODELS_CHAT_STATEMENTS_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/chat/expressions.h"

namespace spacemoe::jinja {

// How a statement ends: with the next one, or with that of the loop.
enum class Flow { kNext, kBreak, kContinue };

// Immutable once parsed. Writes to `out`.
struct Statement {
  virtual ~Statement() = default;
  virtual absl::StatusOr<Flow> Exec(Runtime& runtime, const ScopePtr& scope,
                                    std::string* out) const = 0;
  int line = 0;
};

using StatementPtr = std::unique_ptr<Statement>;

struct Body {
  absl::StatusOr<Flow> Exec(Runtime& runtime, const ScopePtr& scope,
                            std::string* out) const;
  // What it writes in a scope of its own.
  absl::StatusOr<Value> Capture(Runtime& runtime, const ScopePtr& scope) const;
  std::vector<StatementPtr> statements;
};

struct TextStatement : Statement {
  absl::StatusOr<Flow> Exec(Runtime&, const ScopePtr&,
                            std::string*) const override;
  std::string text;
};

struct OutputStatement : Statement {
  absl::StatusOr<Flow> Exec(Runtime&, const ScopePtr&,
                            std::string*) const override;
  ExprPtr value;
};

struct IfStatement : Statement {
  absl::StatusOr<Flow> Exec(Runtime&, const ScopePtr&,
                            std::string*) const override;
  std::vector<std::pair<ExprPtr, Body>> branches;
  Body otherwise;
};

// What a value is assigned to: a name, names in a tuple, or ns.name.
struct Target {
  absl::Status Assign(Runtime& runtime, const ScopePtr& scope,
                      const Value& value) const;
  std::string name;
  std::optional<std::string> attribute;  // of the namespace `name`
  std::vector<Target> parts;             // of a tuple; then name is empty
};

struct ForStatement : Statement {
  absl::StatusOr<Flow> Exec(Runtime&, const ScopePtr&,
                            std::string*) const override;
  Target target;
  ExprPtr iterable;
  ExprPtr condition;  // nullptr: all items
  Body body;
  Body otherwise;
};

struct SetStatement : Statement {
  absl::StatusOr<Flow> Exec(Runtime&, const ScopePtr&,
                            std::string*) const override;
  Target target;
  ExprPtr value;
};

struct SetBlockStatement : Statement {
  absl::StatusOr<Flow> Exec(Runtime&, const ScopePtr&,
                            std::string*) const override;
  Target target;
  std::vector<Filter> filters;
  Body body;
};

struct FilterStatement : Statement {
  absl::StatusOr<Flow> Exec(Runtime&, const ScopePtr&,
                            std::string*) const override;
  std::vector<Filter> filters;
  Body body;
};

struct MacroDefinition {
  std::string name;
  std::vector<std::string> parameters;
  std::vector<ExprPtr> defaults;  // of the last parameters
  Body body;
  bool uses_varargs = false;
  bool uses_kwargs = false;
  bool uses_caller = false;
};

struct MacroStatement : Statement {
  absl::StatusOr<Flow> Exec(Runtime&, const ScopePtr&,
                            std::string*) const override;
  MacroDefinition macro;
};

// {% call(x) f() %}...{% endcall %}: f may use caller(x).
struct CallStatement : Statement {
  absl::StatusOr<Flow> Exec(Runtime&, const ScopePtr&,
                            std::string*) const override;
  MacroDefinition caller;
  ExprPtr callee;
  ArgsExpr args;
};

struct WithStatement : Statement {
  absl::StatusOr<Flow> Exec(Runtime&, const ScopePtr&,
                            std::string*) const override;
  std::vector<std::pair<Target, ExprPtr>> assignments;
  Body body;
};

// {% generation %}: marks what the assistant writes; prints its body.
struct GenerationStatement : Statement {
  absl::StatusOr<Flow> Exec(Runtime&, const ScopePtr&,
                            std::string*) const override;
  Body body;
};

struct LoopControl : Statement {
  explicit LoopControl(Flow f) : flow(f) {}
  absl::StatusOr<Flow> Exec(Runtime&, const ScopePtr&,
                            std::string*) const override {
    return flow;
  }
  Flow flow;
};

// Appends within the limit of a rendering's output.
absl::Status AppendOutput(Runtime& runtime, std::string_view text,
                          std::string* out);

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_STATEMENTS_H_
