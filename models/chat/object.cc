#include "models/chat/object.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

absl::Status ArgumentError(const std::string& callee,
                           const std::string& message) {
  return absl::InvalidArgumentError(absl::StrCat(callee, "() ", message));
}

}  // namespace

absl::StatusOr<std::optional<Value>> Object::Attribute(Runtime&,
                                                       const std::string&) {
  return std::optional<Value>();
}

absl::StatusOr<Value> Object::Call(Runtime&, const Args&) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", TypeName(), "' object is not callable"));
}

absl::StatusOr<BoundArgs> BoundArgs::Bind(const std::string& callee,
                                          const Args& args,
                                          std::vector<const char*> names) {
  BoundArgs bound;
  bound.callee_ = callee;
  bound.values_.resize(names.size());
  if (args.positional.size() > names.size()) {
    return ArgumentError(
        callee, absl::StrCat("takes at most ", names.size(), " arguments, ",
                             args.positional.size(), " were given"));
  }
  std::copy(args.positional.begin(), args.positional.end(),
            bound.values_.begin());
  for (const auto& [name, value] : args.named) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      return ArgumentError(callee,
                           absl::StrCat("has no parameter '", name, "'"));
    }
    auto& slot = bound.values_[found - names.begin()];
    if (slot.has_value()) {
      return ArgumentError(callee, absl::StrCat("got '", name, "' twice"));
    }
    slot = value;
  }
  bound.names_ = std::move(names);
  return bound;
}

const Value* BoundArgs::Get(size_t index) const {
  return values_[index].has_value() ? &*values_[index] : nullptr;
}

Value BoundArgs::Or(size_t index, Value fallback) const {
  return values_[index].value_or(std::move(fallback));
}

bool BoundArgs::BoolOr(size_t index, bool fallback) const {
  return values_[index].has_value() ? values_[index]->Truthy() : fallback;
}

absl::StatusOr<int64_t> BoundArgs::IntOr(size_t index, int64_t fallback) const {
  if (!values_[index].has_value()) return fallback;
  const auto number = values_[index]->AsInt();
  if (!number.has_value()) return WrongType(index, "an integer");
  return *number;
}

absl::StatusOr<std::string> BoundArgs::StringOr(size_t index,
                                                std::string fallback) const {
  return values_[index].has_value() ? String(index) : fallback;
}

absl::StatusOr<Value> BoundArgs::Required(size_t index) const {
  if (values_[index].has_value()) return *values_[index];
  return ArgumentError(
      callee_, absl::StrCat("misses the argument '", names_[index], "'"));
}

absl::StatusOr<std::string> BoundArgs::String(size_t index) const {
  SPACEMOE_ASSIGN_OR_RETURN(const Value value, Required(index));
  if (!value.is_string()) return WrongType(index, "a string");
  return *value.string_if();
}

absl::Status BoundArgs::WrongType(size_t index, const char* expected) const {
  return ArgumentError(
      callee_, absl::StrCat("expected ", expected, " for '", names_[index],
                            "', found ", values_[index]->TypeName()));
}

}  // namespace spacemoe::jinja
