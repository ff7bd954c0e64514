#include "models/chat/methods.h"

#include "absl/strings/str_cat.h"
#include "models/chat/attributes.h"

namespace spacemoe::jinja {
namespace {

std::optional<Value> Bind(std::span<const MethodEntry> table,
                          const Value& value, const std::string& name) {
  for (const MethodEntry& entry : table) {
    if (name != entry.name) continue;
    if (entry.function == nullptr) {
      return Value::MakeUndefined(absl::StrCat("access to attribute '", name,
                                               "' of '", value.TypeName(),
                                               "' object is unsafe."));
    }
    return Value::Of(std::make_shared<const Method>(
        Method{value, entry.name, entry.function}));
  }
  return std::nullopt;
}

bool IsListLike(const Value& value) {
  const Sequence* sequence = value.sequence_if();
  return sequence != nullptr && sequence->is_indexable();
}

}  // namespace

std::optional<Value> FindMethod(const Value& value, const std::string& name) {
  if (value.dict_if() != nullptr) return Bind(DictMethods(), value, name);
  if (IsListLike(value)) return Bind(ListMethods(), value, name);
  if (!value.is_string()) return std::nullopt;
  for (const auto table :
       {StringMethods(), StringSplitMethods(), StringPredicateMethods()}) {
    auto method = Bind(table, value, name);
    if (method.has_value()) return method;
  }
  return std::nullopt;
}

}  // namespace spacemoe::jinja
