#include "absl/strings/str_cat.h"
#include "models/chat/methods.h"
#include "models/chat/operators.h"
#include "models/chat/render_runtime.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

using Result = absl::StatusOr<Value>;

Result Index(Runtime& runtime, const Value& self, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("index", args, {"value"}));
  SPACEMOE_ASSIGN_OR_RETURN(const Value wanted, bound.Required(0));
  const auto& items = self.sequence_if()->items;
  for (size_t i = 0; i < items.size(); ++i) {
    SPACEMOE_ASSIGN_OR_RETURN(const bool equal,
                              Equals(runtime, items[i], wanted));
    if (equal) return Value::Int(static_cast<int64_t>(i));
  }
  return TypeError("the value is not in the list");
}

Result Count(Runtime& runtime, const Value& self, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("count", args, {"value"}));
  SPACEMOE_ASSIGN_OR_RETURN(const Value wanted, bound.Required(0));
  int64_t count = 0;
  for (const Value& item : self.sequence_if()->items) {
    SPACEMOE_ASSIGN_OR_RETURN(const bool equal, Equals(runtime, item, wanted));
    count += equal;
  }
  return Value::Int(count);
}

Result Copy(Runtime&, const Value& self, const Args&) { return self; }

constexpr MethodEntry kListMethods[] = {
    {"index", Index},     {"count", Count},   {"copy", Copy},
    {"append", nullptr},  {"clear", nullptr}, {"extend", nullptr},
    {"insert", nullptr},  {"pop", nullptr},   {"remove", nullptr},
    {"reverse", nullptr}, {"sort", nullptr},
};

template <SequenceKind kind>
Result View(Runtime& runtime, const Value& self, const Args& args) {
  SPACEMOE_RETURN_IF_ERROR(BoundArgs::Bind("dict method", args, {}).status());
  std::vector<Value> items;
  for (const auto& [key, value] : self.dict_if()->entries()) {
    if (kind == SequenceKind::kItems) {
      SPACEMOE_ASSIGN_OR_RETURN(Value pair, runtime.Tuple({key, value}));
      items.push_back(std::move(pair));
    } else {
      items.push_back(kind == SequenceKind::kKeys ? key : value);
    }
  }
  return runtime.MakeSequence(kind, std::move(items));
}

Result Get(Runtime&, const Value& self, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("get", args, {"key", "default"}));
  SPACEMOE_ASSIGN_OR_RETURN(const Value key, bound.Required(0));
  const Value* found = self.dict_if()->Find(key);
  return found != nullptr ? *found : bound.Or(1, Value());
}

constexpr MethodEntry kDictMethods[] = {
    {"items", View<SequenceKind::kItems>},
    {"keys", View<SequenceKind::kKeys>},
    {"values", View<SequenceKind::kValues>},
    {"get", Get},
    {"copy", Copy},
    {"clear", nullptr},
    {"pop", nullptr},
    {"popitem", nullptr},
    {"setdefault", nullptr},
    {"update", nullptr},
};

}  // namespace

std::span<const MethodEntry> ListMethods() { return kListMethods; }
std::span<const MethodEntry> DictMethods() { return kDictMethods; }

}  // namespace spacemoe::jinja
