// Filters that give numbers, defaults and parts of a value.
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/chat/attributes.h"
#include "models/chat/filters.h"
#include "models/chat/print.h"
#include "models/chat/text.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

using Result = absl::StatusOr<Value>;

// float(text), or nothing.
std::optional<double> ParseFloat(std::string_view text) {
  std::string digits(StripText(text, std::nullopt, Side::kBoth));
  std::erase(digits, '_');
  const bool hexadecimal = digits.find_first_of("xXpP(") != std::string::npos;
  if (digits.empty() || hexadecimal) return std::nullopt;
  char* end = nullptr;
  const double number = std::strtod(digits.c_str(), &end);
  if (end != digits.c_str() + digits.size()) return std::nullopt;
  return number;
}

// int(text, base), or nothing.
std::optional<int64_t> ParseInt(std::string_view text, int base) {
  std::string digits(StripText(text, std::nullopt, Side::kBoth));
  std::erase(digits, '_');
  const bool signed_text = digits.starts_with('+') || digits.starts_with('-');
  const size_t from = signed_text ? 1 : 0;
  const std::string prefix = LowerText(digits.substr(from, 2));
  const bool prefixed = (base == 16 && prefix == "0x") ||
                        (base == 8 && prefix == "0o") ||
                        (base == 2 && prefix == "0b");
  if (prefixed) digits.erase(from, 2);
  if (digits.starts_with('+')) digits.erase(0, 1);
  int64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, number, base);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

std::optional<int64_t> Truncated(double number) {
  if (!(std::abs(number) < 0x1p63)) return std::nullopt;
  return static_cast<int64_t>(number);
}

Result ToInt(Runtime&, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("int", args, {"default", "base"}));
  if (value.is_undefined()) return UndefinedError(value);
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t base, bound.IntOr(1, 10));
  if (base < 2 || base > 36) return TypeError("int(): base must be 2 to 36");
  std::optional<int64_t> number = value.AsInt();
  if (value.is_float()) number = Truncated(*value.AsNumber());
  if (const std::string* text = value.string_if()) {
    number = ParseInt(*text, static_cast<int>(base));
    const auto real = number.has_value() ? std::nullopt : ParseFloat(*text);
    if (real.has_value()) number = Truncated(*real);
  }
  return number.has_value() ? Value::Int(*number) : bound.Or(0, Value::Int(0));
}

Result ToFloat(Runtime&, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("float", args, {"default"}));
  if (value.is_undefined()) return UndefinedError(value);
  std::optional<double> number = value.AsNumber();
  if (const std::string* text = value.string_if()) number = ParseFloat(*text);
  return number.has_value() ? Value::Float(*number)
                            : bound.Or(0, Value::Float(0.0));
}

Result Absolute(Runtime&, const Value& value, const Args& args) {
  SPACEMOE_RETURN_IF_ERROR(BoundArgs::Bind("abs", args, {}).status());
  if (value.is_undefined()) return UndefinedError(value);
  if (value.is_float()) return Value::Float(std::abs(*value.AsNumber()));
  const auto whole = value.AsInt();
  if (!whole.has_value() || *whole == std::numeric_limits<int64_t>::min()) {
    return TypeError(
        absl::StrCat("bad operand type for abs(): '", value.TypeName(), "'"));
  }
  return Value::Int(std::abs(*whole));
}

// To the nearest decimal, the even one of two that are as near.
double RoundDecimals(double number, int64_t digits) {
  if (!std::isfinite(number) || digits > 300) return number;
  if (digits >= 0) {
    const std::string text =
        absl::StrFormat("%.*f", static_cast<int>(digits), number);
    return std::strtod(text.c_str(), nullptr);
  }
  const double scale = std::pow(10.0, static_cast<double>(-digits));
  return std::nearbyint(number / scale) * scale;
}

Result Round(Runtime&, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bound,
      BoundArgs::Bind("round", args, {"precision", "method"}));
  if (value.is_undefined()) return UndefinedError(value);
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t digits, bound.IntOr(0, 0));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string method,
                            bound.StringOr(1, "common"));
  const auto number = value.AsNumber();
  if (!number.has_value()) {
    return TypeError(absl::StrCat("type ", value.TypeName(),
                                  " doesn't define __round__ method"));
  }
  if (method == "common") {
    if (value.AsInt().has_value() && digits >= 0) {
      return Value::Int(*value.AsInt());
    }
    return Value::Float(RoundDecimals(*number, digits));
  }
  const double scale = std::pow(10.0, static_cast<double>(digits));
  if (method == "ceil") return Value::Float(std::ceil(*number * scale) / scale);
  if (method == "floor") {
    return Value::Float(std::floor(*number * scale) / scale);
  }
  return TypeError("method must be common, ceil or floor");
}

Result Default(Runtime&, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bound,
      BoundArgs::Bind("default", args, {"default_value", "boolean"}));
  const bool replace =
      value.is_undefined() || (bound.BoolOr(1, false) && !value.Truthy());
  return replace ? bound.Or(0, Value::String("")) : value;
}

Result Length(Runtime&, const Value& value, const Args& args) {
  SPACEMOE_RETURN_IF_ERROR(BoundArgs::Bind("length", args, {}).status());
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t length, LengthOf(value));
  return Value::Int(length);
}

// Runs of what \w matches in Python.
Result WordCount(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_RETURN_IF_ERROR(BoundArgs::Bind("wordcount", args, {}).status());
  SPACEMOE_ASSIGN_OR_RETURN(const std::string text, ToText(runtime, value));
  SPACEMOE_RETURN_IF_ERROR(runtime.ChargeBytes(text.size()));
  int64_t words = 0;
  bool inside = false;
  ForEachCodePoint(text, [&](CodePoint point, size_t) {
    const bool in_word = IsLetterOrNumber(point.value) || point.value == '_';
    words += in_word && !inside;
    inside = in_word;
  });
  return Value::Int(words);
}

Result Attribute(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("attr", args, {"name"}));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string name, bound.String(0));
  if (value.is_undefined()) return UndefinedError(value);
  if (Object* object = value.object_if()) {
    SPACEMOE_ASSIGN_OR_RETURN(const auto found,
                              object->Attribute(runtime, name));
    if (found.has_value()) return *found;
  }
  if (const auto method = FindMethod(value, name)) return *method;
  return Value::MakeUndefined(absl::StrCat(
      "'", value.TypeName(), " object' has no attribute '", name, "'"));
}

constexpr FilterEntry kFilters[] = {
    {"int", ToInt},      {"float", ToFloat},   {"abs", Absolute},
    {"round", Round},    {"default", Default}, {"d", Default},
    {"length", Length},  {"count", Length},    {"wordcount", WordCount},
    {"attr", Attribute},
};

}  // namespace

std::span<const FilterEntry> ConversionFilters() { return kFilters; }

}  // namespace spacemoe::jinja
