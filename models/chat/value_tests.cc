#include "models/chat/value_tests.h"

#include "absl/strings/str_cat.h"
#include "models/chat/attributes.h"
#include "models/chat/operators.h"
#include "models/chat/print.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

// Tests of the value alone.
bool IsDefined(const Value& v) { return !v.is_undefined(); }
bool IsUndefined(const Value& v) { return v.is_undefined(); }
bool IsNone(const Value& v) { return v.is_none(); }
bool IsBoolean(const Value& v) { return v.is_bool(); }
bool IsTrue(const Value& v) { return v.is_bool() && v.Truthy(); }
bool IsFalse(const Value& v) { return v.is_bool() && !v.Truthy(); }
bool IsInteger(const Value& v) { return v.is_int(); }
bool IsFloat(const Value& v) { return v.is_float(); }
bool IsNumber(const Value& v) { return v.is_number(); }
bool IsString(const Value& v) { return v.is_string(); }
bool IsMapping(const Value& v) { return v.dict_if() != nullptr; }
bool IsCallable(const Value& v) { return v.IsCallable(); }
bool IsEscaped(const Value&) { return false; }

bool IsIterable(const Value& v) {
  return v.is_undefined() || v.is_string() || v.dict_if() != nullptr ||
         v.sequence_if() != nullptr;
}

bool IsSequence(const Value& v) {
  const Sequence* sequence = v.sequence_if();
  return v.is_undefined() || v.is_string() || v.dict_if() != nullptr ||
         (sequence != nullptr && sequence->is_indexable());
}

struct PlainTest {
  const char* name;
  bool (*test)(const Value&);
};

constexpr PlainTest kPlainTests[] = {
    {"defined", IsDefined},   {"undefined", IsUndefined},
    {"none", IsNone},         {"boolean", IsBoolean},
    {"true", IsTrue},         {"false", IsFalse},
    {"integer", IsInteger},   {"float", IsFloat},
    {"number", IsNumber},     {"string", IsString},
    {"mapping", IsMapping},   {"iterable", IsIterable},
    {"sequence", IsSequence}, {"callable", IsCallable},
    {"escaped", IsEscaped},
};

struct CompareTest {
  const char* name;
  CompareOp op;
};

constexpr CompareTest kCompareTests[] = {
    {"eq", CompareOp::kEq},       {"equalto", CompareOp::kEq},
    {"==", CompareOp::kEq},       {"ne", CompareOp::kNe},
    {"!=", CompareOp::kNe},       {"lt", CompareOp::kLt},
    {"lessthan", CompareOp::kLt}, {"<", CompareOp::kLt},
    {"le", CompareOp::kLe},       {"<=", CompareOp::kLe},
    {"gt", CompareOp::kGt},       {"greaterthan", CompareOp::kGt},
    {">", CompareOp::kGt},        {"ge", CompareOp::kGe},
    {">=", CompareOp::kGe},       {"in", CompareOp::kIn},
};

absl::StatusOr<Value> OneArgument(const std::string& name, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind(name, args, {"other"}));
  return bound.Required(0);
}

absl::StatusOr<bool> IsDivisible(Runtime& runtime, const Value& value,
                                 const Value& divisor) {
  SPACEMOE_ASSIGN_OR_RETURN(const Value rest,
                            Apply(runtime, BinaryOp::kMod, value, divisor));
  return Equals(runtime, rest, Value::Int(0));
}

// islower() and isupper() of the text of any value.
absl::StatusOr<bool> HasCase(Runtime& runtime, const Value& value,
                             const std::string& method) {
  SPACEMOE_ASSIGN_OR_RETURN(std::string text, ToText(runtime, value));
  const Value subject = Value::String(std::move(text));
  SPACEMOE_ASSIGN_OR_RETURN(
      const Value holds, CallValue(runtime, *FindMethod(subject, method), {}));
  return holds.Truthy();
}

absl::StatusOr<bool> ApplyOtherTest(Runtime& runtime, const std::string& name,
                                    const Value& value, const Args& args) {
  if (name == "odd" || name == "even") {
    SPACEMOE_ASSIGN_OR_RETURN(const bool even,
                              IsDivisible(runtime, value, Value::Int(2)));
    return even == (name == "even");
  }
  if (name == "lower") return HasCase(runtime, value, "islower");
  if (name == "upper") return HasCase(runtime, value, "isupper");
  if (name == "divisibleby") {
    SPACEMOE_ASSIGN_OR_RETURN(const Value divisor, OneArgument(name, args));
    return IsDivisible(runtime, value, divisor);
  }
  if (name == "sameas") {
    SPACEMOE_ASSIGN_OR_RETURN(const Value other, OneArgument(name, args));
    return value.IsSame(other);
  }
  return absl::UnimplementedError(absl::StrCat("No test named '", name, "'"));
}

}  // namespace

absl::StatusOr<bool> ApplyTest(Runtime& runtime, const std::string& name,
                               const Value& value, const Args& args) {
  for (const PlainTest& entry : kPlainTests) {
    if (name != entry.name) continue;
    SPACEMOE_RETURN_IF_ERROR(BoundArgs::Bind(name, args, {}).status());
    return entry.test(value);
  }
  for (const CompareTest& entry : kCompareTests) {
    if (name != entry.name) continue;
    SPACEMOE_ASSIGN_OR_RETURN(const Value other, OneArgument(name, args));
    return Compare(runtime, entry.op, value, other);
  }
  return ApplyOtherTest(runtime, name, value, args);
}

}  // namespace spacemoe::jinja
