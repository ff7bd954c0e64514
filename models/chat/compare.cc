#include "absl/strings/str_cat.h"
#include "models/chat/operators.h"
#include "models/chat/text.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

absl::StatusOr<bool> EqualItems(Runtime& runtime, const Sequence& left,
                                const Sequence& right) {
  if (left.kind != right.kind || left.items.size() != right.items.size()) {
    return false;
  }
  if (left.kind == SequenceKind::kIterator) return &left == &right;
  for (size_t i = 0; i < left.items.size(); ++i) {
    SPACEMOE_ASSIGN_OR_RETURN(const bool equal,
                              Equals(runtime, left.items[i], right.items[i]));
    if (!equal) return false;
  }
  return true;
}

absl::StatusOr<bool> EqualDicts(Runtime& runtime, const Dict& left,
                                const Dict& right) {
  if (left.entries().size() != right.entries().size()) return false;
  for (const auto& [key, value] : left.entries()) {
    const Value* other = right.Find(key);
    if (other == nullptr) return false;
    SPACEMOE_ASSIGN_OR_RETURN(const bool equal, Equals(runtime, value, *other));
    if (!equal) return false;
  }
  return true;
}

absl::Status NoOrder(const Value& left, const Value& right) {
  return TypeError(absl::StrCat("'<' not supported between instances of '",
                                left.TypeName(), "' and '", right.TypeName(),
                                "'"));
}

absl::StatusOr<bool> LessItems(Runtime& runtime, const Sequence& left,
                               const Sequence& right) {
  const size_t common = std::min(left.items.size(), right.items.size());
  for (size_t i = 0; i < common; ++i) {
    SPACEMOE_ASSIGN_OR_RETURN(const bool equal,
                              Equals(runtime, left.items[i], right.items[i]));
    if (!equal) return Less(runtime, left.items[i], right.items[i]);
  }
  return left.items.size() < right.items.size();
}

bool AreOrdered(const Sequence* left, const Sequence* right) {
  return left != nullptr && right != nullptr && left->kind == right->kind &&
         (left->kind == SequenceKind::kList ||
          left->kind == SequenceKind::kTuple);
}

absl::StatusOr<bool> ContainsText(Runtime& runtime, const std::string& text,
                                  const Value& part) {
  if (part.is_undefined()) return UndefinedError(part);
  if (!part.is_string()) {
    return TypeError(
        absl::StrCat("'in <string>' requires string as left operand, not ",
                     part.TypeName()));
  }
  SPACEMOE_RETURN_IF_ERROR(runtime.ChargeBytes(text.size()));
  return FindText(text, *part.string_if()) != std::string::npos;
}

}  // namespace

absl::StatusOr<bool> Equals(Runtime& runtime, const Value& left,
                            const Value& right) {
  SPACEMOE_RETURN_IF_ERROR(runtime.Charge(1));
  if (left.is_undefined() || right.is_undefined()) {
    return left.is_undefined() && right.is_undefined();
  }
  const auto a = left.AsInt();
  const auto b = right.AsInt();
  if (a.has_value() && b.has_value()) return *a == *b;
  if (left.is_number() && right.is_number()) {
    return *left.AsNumber() == *right.AsNumber();
  }
  if (left.is_string() && right.is_string()) {
    SPACEMOE_RETURN_IF_ERROR(runtime.ChargeBytes(left.string_if()->size()));
    return *left.string_if() == *right.string_if();
  }
  if (left.sequence_if() != nullptr && right.sequence_if() != nullptr) {
    return EqualItems(runtime, *left.sequence_if(), *right.sequence_if());
  }
  if (left.dict_if() != nullptr && right.dict_if() != nullptr) {
    return EqualDicts(runtime, *left.dict_if(), *right.dict_if());
  }
  return left.IsSame(right);
}

absl::StatusOr<bool> Less(Runtime& runtime, const Value& left,
                          const Value& right) {
  SPACEMOE_RETURN_IF_ERROR(runtime.Charge(1));
  if (left.is_undefined()) return UndefinedError(left);
  if (right.is_undefined()) return UndefinedError(right);
  const auto a = left.AsInt();
  const auto b = right.AsInt();
  if (a.has_value() && b.has_value()) return *a < *b;
  if (left.is_number() && right.is_number()) {
    return *left.AsNumber() < *right.AsNumber();
  }
  if (left.is_string() && right.is_string()) {
    return *left.string_if() < *right.string_if();
  }
  if (AreOrdered(left.sequence_if(), right.sequence_if())) {
    return LessItems(runtime, *left.sequence_if(), *right.sequence_if());
  }
  return NoOrder(left, right);
}

absl::StatusOr<bool> Contains(Runtime& runtime, const Value& container,
                              const Value& item) {
  if (const std::string* text = container.string_if()) {
    return ContainsText(runtime, *text, item);
  }
  if (const Dict* dict = container.dict_if()) {
    return dict->Find(item) != nullptr;
  }
  if (container.sequence_if() == nullptr && !container.is_undefined()) {
    return TypeError(absl::StrCat("argument of type '", container.TypeName(),
                                  "' is not iterable"));
  }
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, ItemsOf(runtime, container));
  for (const Value& candidate : items) {
    SPACEMOE_ASSIGN_OR_RETURN(const bool equal,
                              Equals(runtime, candidate, item));
    if (equal) return true;
  }
  return false;
}

absl::StatusOr<bool> Compare(Runtime& runtime, CompareOp op, const Value& left,
                             const Value& right) {
  const auto negate = [](absl::StatusOr<bool> result) {
    if (result.ok()) *result = !*result;
    return result;
  };
  const auto less_or_equal = [&](const Value& a,
                                 const Value& b) -> absl::StatusOr<bool> {
    SPACEMOE_ASSIGN_OR_RETURN(const bool less, Less(runtime, a, b));
    if (less) return true;
    return Equals(runtime, a, b);
  };
  switch (op) {
    case CompareOp::kEq:
      return Equals(runtime, left, right);
    case CompareOp::kNe:
      return negate(Equals(runtime, left, right));
    case CompareOp::kLt:
      return Less(runtime, left, right);
    case CompareOp::kGt:
      return Less(runtime, right, left);
    case CompareOp::kLe:
      return less_or_equal(left, right);
    case CompareOp::kGe:
      return less_or_equal(right, left);
    case CompareOp::kIn:
      return Contains(runtime, right, left);
    case CompareOp::kNotIn:
      return negate(Contains(runtime, right, left));
  }
  return false;
}

}  // namespace spacemoe::jinja
