#include "models/chat/operators.h"

#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

const char* Symbol(BinaryOp op) {
  static constexpr const char* kSymbols[] = {"+",  "-", "*",          "/",
                                             "//", "%", "** or pow()"};
  return kSymbols[static_cast<int>(op)];
}

absl::Status Unsupported(BinaryOp op, const Value& left, const Value& right) {
  return TypeError(absl::StrCat("unsupported operand type(s) for ", Symbol(op),
                                ": '", left.TypeName(), "' and '",
                                right.TypeName(), "'"));
}

absl::Status Overflow() {
  return absl::InvalidArgumentError("an integer grows beyond 64 bits");
}

absl::Status DivisionByZero() {
  return absl::InvalidArgumentError("division by zero");
}

absl::StatusOr<Value> PowerOfInt(int64_t base, int64_t exponent) {
  if (exponent < 0) {
    if (base == 0) return DivisionByZero();
    return Value::Float(
        std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  }
  int64_t result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) && __builtin_mul_overflow(result, base, &result)) {
      return Overflow();
    }
    if (exponent > 1 && __builtin_mul_overflow(base, base, &base)) {
      return Overflow();
    }
  }
  return Value::Int(result);
}

absl::StatusOr<Value> DivideInts(BinaryOp op, int64_t a, int64_t b) {
  if (b == 0) return DivisionByZero();
  if (op == BinaryOp::kDiv) {
    return Value::Float(static_cast<double>(a) / static_cast<double>(b));
  }
  if (b == -1) {
    if (op == BinaryOp::kMod) return Value::Int(0);
    if (a == std::numeric_limits<int64_t>::min()) return Overflow();
    return Value::Int(-a);
  }
  const bool adjust = a % b != 0 && (a < 0) != (b < 0);
  if (op == BinaryOp::kMod) return Value::Int(a % b + (adjust ? b : 0));
  return Value::Int(a / b - (adjust ? 1 : 0));
}

absl::StatusOr<Value> ApplyToInts(BinaryOp op, int64_t a, int64_t b) {
  int64_t result = 0;
  bool overflow = false;
  switch (op) {
    case BinaryOp::kAdd:
      overflow = __builtin_add_overflow(a, b, &result);
      break;
    case BinaryOp::kSub:
      overflow = __builtin_sub_overflow(a, b, &result);
      break;
    case BinaryOp::kMul:
      overflow = __builtin_mul_overflow(a, b, &result);
      break;
    case BinaryOp::kPow:
      return PowerOfInt(a, b);
    default:
      return DivideInts(op, a, b);
  }
  if (overflow) return Overflow();
  return Value::Int(result);
}

double FloatModulo(double a, double b) {
  const double remainder = std::fmod(a, b);
  if (remainder == 0) return std::copysign(0.0, b);
  return (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

absl::StatusOr<Value> ApplyToFloats(BinaryOp op, double a, double b) {
  const bool divides =
      op == BinaryOp::kDiv || op == BinaryOp::kFloorDiv || op == BinaryOp::kMod;
  if (divides && b == 0) return DivisionByZero();
  switch (op) {
    case BinaryOp::kAdd:
      return Value::Float(a + b);
    case BinaryOp::kSub:
      return Value::Float(a - b);
    case BinaryOp::kMul:
      return Value::Float(a * b);
    case BinaryOp::kDiv:
      return Value::Float(a / b);
    case BinaryOp::kFloorDiv:
      return Value::Float(std::floor((a - FloatModulo(a, b)) / b + 0.5));
    case BinaryOp::kMod:
      return Value::Float(FloatModulo(a, b));
    case BinaryOp::kPow:
      return Value::Float(std::pow(a, b));
  }
  return Value();
}

absl::StatusOr<Value> Repeat(Runtime& runtime, const Value& value,
                             int64_t times) {
  times = std::max<int64_t>(times, 0);
  if (const std::string* text = value.string_if()) {
    if (!text->empty() && times > static_cast<int64_t>(kMaxTextBytes)) {
      times = static_cast<int64_t>(kMaxTextBytes) + 1;
    }
    SPACEMOE_RETURN_IF_ERROR(runtime.CheckTextSize(text->size() * times));
    std::string out;
    for (int64_t i = 0; i < times && !text->empty(); ++i) out += *text;
    return runtime.String(std::move(out));
  }
  const Sequence& sequence = *value.sequence_if();
  if (!sequence.items.empty() && times > kMaxWork) times = kMaxWork;
  SPACEMOE_RETURN_IF_ERROR(
      runtime.Charge(static_cast<int64_t>(sequence.items.size()) * times));
  std::vector<Value> items;
  for (int64_t i = 0; i < times && !sequence.items.empty(); ++i) {
    items.insert(items.end(), sequence.items.begin(), sequence.items.end());
  }
  return runtime.MakeSequence(sequence.kind, std::move(items));
}

bool IsListOrTuple(const Value& value) {
  const Sequence* sequence = value.sequence_if();
  return sequence != nullptr && (sequence->kind == SequenceKind::kList ||
                                 sequence->kind == SequenceKind::kTuple);
}

bool IsRepeatable(const Value& value) {
  return value.is_string() || IsListOrTuple(value);
}

absl::StatusOr<Value> AddOthers(Runtime& runtime, const Value& left,
                                const Value& right) {
  if (left.is_string()) {
    if (!right.is_string()) {
      return TypeError(absl::StrCat("can only concatenate str (not \"",
                                    right.TypeName(), "\") to str"));
    }
    return runtime.String(*left.string_if() + *right.string_if());
  }
  const bool lists = IsListOrTuple(left) && IsListOrTuple(right) &&
                     left.TypeName() == right.TypeName();
  if (!lists) return Unsupported(BinaryOp::kAdd, left, right);
  std::vector<Value> items = left.sequence_if()->items;
  const auto& more = right.sequence_if()->items;
  items.insert(items.end(), more.begin(), more.end());
  return runtime.MakeSequence(left.sequence_if()->kind, std::move(items));
}

absl::StatusOr<Value> ApplyToOthers(Runtime& runtime, BinaryOp op,
                                    const Value& left, const Value& right) {
  if (op == BinaryOp::kAdd) return AddOthers(runtime, left, right);
  if (op == BinaryOp::kMul) {
    if (IsRepeatable(left) && right.AsInt().has_value()) {
      return Repeat(runtime, left, *right.AsInt());
    }
    if (IsRepeatable(right) && left.AsInt().has_value()) {
      return Repeat(runtime, right, *left.AsInt());
    }
  }
  if (op == BinaryOp::kMod && left.is_string()) {
    const Sequence* tuple = right.sequence_if();
    const bool many = tuple != nullptr && tuple->kind == SequenceKind::kTuple;
    return FormatPercent(runtime, *left.string_if(),
                         many ? tuple->items : std::vector<Value>{right});
  }
  return Unsupported(op, left, right);
}

}  // namespace

absl::StatusOr<Value> Apply(Runtime& runtime, BinaryOp op, const Value& left,
                            const Value& right) {
  if (left.is_undefined()) return UndefinedError(left);
  if (right.is_undefined()) return UndefinedError(right);
  const auto a = left.AsInt();
  const auto b = right.AsInt();
  if (a.has_value() && b.has_value()) return ApplyToInts(op, *a, *b);
  const auto x = left.AsNumber();
  const auto y = right.AsNumber();
  if (x.has_value() && y.has_value()) return ApplyToFloats(op, *x, *y);
  return ApplyToOthers(runtime, op, left, right);
}

absl::StatusOr<Value> Apply(Runtime&, UnaryOp op, const Value& value) {
  if (value.is_undefined()) return UndefinedError(value);
  const bool minus = op == UnaryOp::kMinus;
  if (const auto whole = value.AsInt()) {
    if (!minus) return Value::Int(*whole);
    if (*whole == std::numeric_limits<int64_t>::min()) return Overflow();
    return Value::Int(-*whole);
  }
  if (value.is_float()) {
    return Value::Float(minus ? -*value.AsNumber() : *value.AsNumber());
  }
  return TypeError(absl::StrCat("bad operand type for unary ",
                                minus ? "-" : "+", ": '", value.TypeName(),
                                "'"));
}

}  // namespace spacemoe::jinja
