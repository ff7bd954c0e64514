// The for loop and the variable `loop`.
#include "absl/strings/str_cat.h"
#include "models/chat/methods.h"
#include "models/chat/operators.h"
#include "models/chat/statements.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

// What a loop leaves behind until the rendering ends, beside its steps.
constexpr int64_t kLoopWork = 8;

// The items of a loop that pass its condition, one ahead at most unless the
// body asks for its length.
class ItemSource {
 public:
  ItemSource(const ForStatement& loop, Runtime& runtime, ScopePtr scope,
             std::vector<Value> items)
      : loop_(loop),
        runtime_(runtime),
        scope_(std::move(scope)),
        items_(std::move(items)) {}

  // The item that is `offset` places behind the current one, or nullptr.
  absl::StatusOr<const Value*> Peek(size_t offset) {
    while (ahead_.size() - taken_ <= offset && next_ < items_.size()) {
      const Value& item = items_[next_++];
      SPACEMOE_ASSIGN_OR_RETURN(const bool passes, Passes(item));
      if (passes) ahead_.push_back(item);
    }
    return taken_ + offset < ahead_.size() ? &ahead_[taken_ + offset] : nullptr;
  }

  // Peek(0) must have found one.
  Value Take() {
    Value item = std::move(ahead_[taken_++]);
    if (taken_ < ahead_.size()) return item;
    ahead_.clear();
    taken_ = 0;
    return item;
  }

  // Frees what is left: the loop is over.
  void Clear() {
    items_ = {};
    ahead_ = {};
    next_ = 0;
    taken_ = 0;
  }

  // How many are left.
  absl::StatusOr<int64_t> CountRest() {
    SPACEMOE_RETURN_IF_ERROR(Peek(items_.size()).status());
    return static_cast<int64_t>(ahead_.size() - taken_);
  }

 private:
  absl::StatusOr<bool> Passes(const Value& item) {
    if (loop_.condition == nullptr) return true;
    const ScopePtr inner = NewScope(scope_);
    SPACEMOE_RETURN_IF_ERROR(loop_.target.Assign(runtime_, inner, item));
    SPACEMOE_ASSIGN_OR_RETURN(const Value holds,
                              Evaluate(*loop_.condition, runtime_, inner));
    return holds.Truthy();
  }

  const ForStatement& loop_;
  Runtime& runtime_;
  const ScopePtr scope_;
  std::vector<Value> items_;
  size_t next_ = 0;
  std::vector<Value> ahead_;  // that pass, from taken_ on
  size_t taken_ = 0;
};

class Loop : public Object {
 public:
  explicit Loop(std::shared_ptr<ItemSource> source)
      : source_(std::move(source)) {}

  std::string TypeName() const override { return "LoopContext"; }

  void Advance(Value item) {
    ++index0_;
    previous_ = std::move(current_);
    current_ = std::move(item);
  }

  absl::StatusOr<std::optional<Value>> Attribute(
      Runtime& runtime, const std::string& name) override;
  absl::StatusOr<Value> Cycle(const Args& args) const;
  absl::StatusOr<Value> Changed(Runtime& runtime, const Args& args);

  absl::StatusOr<Value> Index() { return Value::Int(index0_ + 1); }
  absl::StatusOr<Value> Index0() { return Value::Int(index0_); }
  absl::StatusOr<Value> First() { return Value::Bool(index0_ == 0); }
  absl::StatusOr<Value> Depth() { return Value::Int(1); }
  absl::StatusOr<Value> Depth0() { return Value::Int(0); }
  absl::StatusOr<Value> Length() { return Rest(index0_ + 1); }
  absl::StatusOr<Value> ReverseIndex() { return Rest(1); }
  absl::StatusOr<Value> ReverseIndex0() { return Rest(0); }

  absl::StatusOr<Value> Last() {
    SPACEMOE_ASSIGN_OR_RETURN(const Value* next, source_->Peek(0));
    return Value::Bool(next == nullptr);
  }

  absl::StatusOr<Value> Next() {
    SPACEMOE_ASSIGN_OR_RETURN(const Value* next, source_->Peek(0));
    return next != nullptr ? *next
                           : Value::MakeUndefined("there is no next item");
  }

  absl::StatusOr<Value> Previous() {
    return previous_.has_value()
               ? *previous_
               : Value::MakeUndefined("there is no previous item");
  }

 private:
  absl::StatusOr<Value> Rest(int64_t extra) {
    SPACEMOE_ASSIGN_OR_RETURN(const int64_t rest, source_->CountRest());
    return Value::Int(rest + extra);
  }

  const std::shared_ptr<ItemSource> source_;
  int64_t index0_ = -1;
  std::optional<Value> previous_;
  std::optional<Value> current_;
  std::optional<std::vector<Value>> changed_;
};

absl::StatusOr<Value> Loop::Cycle(const Args& args) const {
  if (args.positional.empty()) return TypeError("no items for cycling given");
  return args.positional[index0_ % args.positional.size()];
}

absl::StatusOr<Value> Loop::Changed(Runtime& runtime, const Args& args) {
  bool same =
      changed_.has_value() && changed_->size() == args.positional.size();
  for (size_t i = 0; same && i < changed_->size(); ++i) {
    SPACEMOE_ASSIGN_OR_RETURN(
        same, Equals(runtime, (*changed_)[i], args.positional[i]));
  }
  changed_ = args.positional;
  return Value::Bool(!same);
}

absl::StatusOr<Value> CallCycle(Runtime&, const Value& self, const Args& args) {
  return static_cast<Loop*>(self.object_if())->Cycle(args);
}

absl::StatusOr<Value> CallChanged(Runtime& runtime, const Value& self,
                                  const Args& args) {
  return static_cast<Loop*>(self.object_if())->Changed(runtime, args);
}

struct LoopAttribute {
  const char* name;
  absl::StatusOr<Value> (Loop::*get)();
};

constexpr LoopAttribute kLoopAttributes[] = {
    {"index", &Loop::Index},
    {"index0", &Loop::Index0},
    {"first", &Loop::First},
    {"last", &Loop::Last},
    {"length", &Loop::Length},
    {"revindex", &Loop::ReverseIndex},
    {"revindex0", &Loop::ReverseIndex0},
    {"depth", &Loop::Depth},
    {"depth0", &Loop::Depth0},
    {"previtem", &Loop::Previous},
    {"nextitem", &Loop::Next},
};

constexpr MethodEntry kLoopMethods[] = {{"cycle", CallCycle},
                                        {"changed", CallChanged}};

absl::StatusOr<std::optional<Value>> Loop::Attribute(Runtime&,
                                                     const std::string& name) {
  for (const LoopAttribute& attribute : kLoopAttributes) {
    if (name != attribute.name) continue;
    SPACEMOE_ASSIGN_OR_RETURN(Value value, (this->*attribute.get)());
    return std::optional<Value>(std::move(value));
  }
  for (const MethodEntry& method : kLoopMethods) {
    if (name != method.name) continue;
    return std::optional<Value>(Value::Of(std::make_shared<const Method>(
        Method{Value::Of(this), method.name, method.function})));
  }
  return std::optional<Value>();
}

}  // namespace

absl::StatusOr<Flow> ForStatement::Exec(Runtime& runtime, const ScopePtr& scope,
                                        std::string* out) const {
  SPACEMOE_ASSIGN_OR_RETURN(const Value value,
                            Evaluate(*iterable, runtime, scope));
  SPACEMOE_ASSIGN_OR_RETURN(auto items, ItemsOf(runtime, value));
  SPACEMOE_RETURN_IF_ERROR(runtime.Charge(kLoopWork));
  auto source =
      std::make_shared<ItemSource>(*this, runtime, scope, std::move(items));
  Loop* loop = runtime.New<Loop>(source);
  bool entered = false;
  while (true) {
    SPACEMOE_ASSIGN_OR_RETURN(const Value* next, source->Peek(0));
    if (next == nullptr) break;
    entered = true;
    const Value item = source->Take();
    loop->Advance(item);
    const ScopePtr inner = NewScope(scope);
    SPACEMOE_RETURN_IF_ERROR(target.Assign(runtime, inner, item));
    inner->Set("loop", Value::Of(loop));
    SPACEMOE_ASSIGN_OR_RETURN(const Flow flow, body.Exec(runtime, inner, out));
    if (flow == Flow::kBreak) break;
  }
  source->Clear();
  if (!entered) return otherwise.Exec(runtime, NewScope(scope), out);
  return Flow::kNext;
}

}  // namespace spacemoe::jinja
