// The expressions of a template.
#ifndef SPACEMOE_MODELS_CHAT_EXPRESSIONS_H_
#define SPACEMOE_MODELS_CHAT_EXPRESSIONS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "models/chat/operators.h"
#include "models/chat/render_runtime.h"
#include "models/chat/scope.h"
#include "models/chat/value.h"

namespace spacemoe::jinja {

// Immutable once parsed.
struct Expr {
  virtual ~Expr() = default;
  virtual absl::StatusOr<Value> Eval(Runtime& runtime,
                                     const ScopePtr& scope) const = 0;
  int line = 0;
};

using ExprPtr = std::unique_ptr<Expr>;

// Evaluates within the limits of the rendering.
absl::StatusOr<Value> Evaluate(const Expr& expr, Runtime& runtime,
                               const ScopePtr& scope);

struct Literal : Expr {
  explicit Literal(Value v) : value(std::move(v)) {}
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override {
    return value;
  }
  Value value;
};

struct Name : Expr {
  explicit Name(std::string n) : name(std::move(n)) {}
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override;
  std::string name;
};

struct SequenceExpr : Expr {
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override;
  SequenceKind kind = SequenceKind::kList;
  std::vector<ExprPtr> items;
};

struct DictExpr : Expr {
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override;
  std::vector<std::pair<ExprPtr, ExprPtr>> entries;
};

struct Unary : Expr {
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override;
  UnaryOp op = UnaryOp::kMinus;
  ExprPtr operand;
};

struct Binary : Expr {
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override;
  BinaryOp op = BinaryOp::kAdd;
  ExprPtr left;
  ExprPtr right;
};

// a ~ b ~ c
struct ConcatExpr : Expr {
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override;
  std::vector<ExprPtr> parts;
};

// a < b <= c
struct CompareExpr : Expr {
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override;
  ExprPtr first;
  std::vector<std::pair<CompareOp, ExprPtr>> rest;
};

// a and b and c; a or b or c. The value is the operand that decides.
struct LogicExpr : Expr {
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override;
  bool is_or = false;
  std::vector<ExprPtr> operands;
};

struct NotExpr : Expr {
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override;
  ExprPtr operand;
};

// a if test else b
struct Conditional : Expr {
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override;
  ExprPtr test;
  ExprPtr if_true;
  ExprPtr if_false;  // nullptr: undefined
};

struct AttributeExpr : Expr {
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override;
  ExprPtr object;
  std::string name;
};

struct ItemExpr : Expr {
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override;
  ExprPtr object;
  ExprPtr key;
};

struct SliceExpr : Expr {
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override;
  ExprPtr object;
  ExprPtr start;  // these three may be nullptr
  ExprPtr stop;
  ExprPtr step;
};

// What stands between the parentheses of a call.
struct ArgsExpr {
  absl::StatusOr<Args> Eval(Runtime& runtime, const ScopePtr& scope) const;
  std::vector<ExprPtr> positional;
  std::vector<std::pair<std::string, ExprPtr>> named;
  ExprPtr star;         // *args, or nullptr
  ExprPtr double_star;  // **kwargs, or nullptr
};

struct CallExpr : Expr {
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override;
  ExprPtr callee;
  ArgsExpr args;
};

struct Filter {
  absl::StatusOr<Value> ApplyTo(Runtime& runtime, const ScopePtr& scope,
                                const Value& value) const;
  std::string name;
  ArgsExpr args;
  int line = 0;
};

struct FilterExpr : Expr {
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override;
  ExprPtr input;
  Filter filter;
};

// value is [not] test
struct TestExpr : Expr {
  absl::StatusOr<Value> Eval(Runtime&, const ScopePtr&) const override;
  ExprPtr input;
  std::string name;
  ArgsExpr args;
  bool negated = false;
};

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_EXPRESSIONS_H_
