#include "absl/strings/str_cat.h"
#include "models/chat/methods.h"
#include "models/chat/operators.h"
#include "models/chat/print.h"
#include "models/chat/render_runtime.h"
#include "models/chat/text.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

using Result = absl::StatusOr<Value>;

const std::string& Text(const Value& self) { return *self.string_if(); }

template <std::string (*function)(std::string_view)>
Result Convert(Runtime& runtime, const Value& self, const Args& args) {
  SPACEMOE_RETURN_IF_ERROR(BoundArgs::Bind("str method", args, {}).status());
  return runtime.String(function(Text(self)));
}

template <Side side>
Result Strip(Runtime& runtime, const Value& self, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("strip", args, {"chars"}));
  if (bound.Or(0, Value()).is_none()) {
    return runtime.String(
        std::string(StripText(Text(self), std::nullopt, side)));
  }
  SPACEMOE_ASSIGN_OR_RETURN(const std::string characters, bound.String(0));
  SPACEMOE_RETURN_IF_ERROR(runtime.ChargeBytes(
      std::min(Text(self).size(), size_t{1} << 16) * characters.size()));
  return runtime.String(std::string(StripText(Text(self), characters, side)));
}

bool HasEnd(const std::string& text, const std::string& part, bool at_start) {
  return at_start ? text.starts_with(part) : text.ends_with(part);
}

template <bool at_start>
Result TestEnd(Runtime& runtime, const Value& self, const Args& args) {
  const char* name = at_start ? "startswith" : "endswith";
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind(name, args, {"prefix"}));
  SPACEMOE_ASSIGN_OR_RETURN(const Value part, bound.Required(0));
  if (part.is_string()) {
    return Value::Bool(HasEnd(Text(self), Text(part), at_start));
  }
  const Sequence* tuple = part.sequence_if();
  if (tuple == nullptr || tuple->kind != SequenceKind::kTuple) {
    return TypeError(
        absl::StrCat(name, " first arg must be str or a tuple of str, not ",
                     part.TypeName()));
  }
  SPACEMOE_RETURN_IF_ERROR(runtime.Charge(tuple->items.size()));
  for (const Value& item : tuple->items) {
    if (item.is_string() && HasEnd(Text(self), Text(item), at_start)) {
      return Value::Bool(true);
    }
  }
  return Value::Bool(false);
}

Result Replace(Runtime& runtime, const Value& self, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bound,
      BoundArgs::Bind("replace", args, {"old", "new", "count"}));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string from, bound.String(0));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string to, bound.String(1));
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t limit, bound.IntOr(2, -1));
  const auto count = static_cast<size_t>(CountText(Text(self), from));
  SPACEMOE_RETURN_IF_ERROR(runtime.Charge(static_cast<int64_t>(count)));
  SPACEMOE_RETURN_IF_ERROR(runtime.CheckTextSize(
      Text(self).size() + (limit < 0 ? count * to.size() : 0)));
  if (limit >= 0) {
    const auto times = std::min(count, static_cast<size_t>(limit));
    SPACEMOE_RETURN_IF_ERROR(runtime.CheckTextSize(times * to.size()));
  }
  return runtime.String(ReplaceText(Text(self), from, to, limit));
}

Result Find(Runtime& runtime, const Value& self, const Args& args,
            bool from_end) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("find", args, {"sub"}));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string part, bound.String(0));
  SPACEMOE_RETURN_IF_ERROR(runtime.ChargeBytes(Text(self).size()));
  const size_t at =
      from_end ? FindTextFromEnd(Text(self), part) : FindText(Text(self), part);
  if (at == std::string::npos) return Value::Int(-1);
  return Value::Int(CountCharacters(Text(self).substr(0, at)));
}

Result FindFirst(Runtime& runtime, const Value& self, const Args& args) {
  return Find(runtime, self, args, false);
}
Result FindLast(Runtime& runtime, const Value& self, const Args& args) {
  return Find(runtime, self, args, true);
}

Result IndexOf(Runtime& runtime, const Value& self, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const Value at, FindFirst(runtime, self, args));
  if (*at.AsInt() < 0) return TypeError("substring not found");
  return at;
}

Result Count(Runtime& runtime, const Value& self, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("count", args, {"sub"}));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string part, bound.String(0));
  SPACEMOE_RETURN_IF_ERROR(runtime.ChargeBytes(Text(self).size()));
  return Value::Int(CountText(Text(self), part));
}

Result Join(Runtime& runtime, const Value& self, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("join", args, {"iterable"}));
  SPACEMOE_ASSIGN_OR_RETURN(const Value items_value, bound.Required(0));
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, ItemsOf(runtime, items_value));
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (!items[i].is_string()) {
      return TypeError(absl::StrCat("sequence item ", i,
                                    ": expected str instance, ",
                                    items[i].TypeName(), " found"));
    }
    if (i > 0) out += Text(self);
    out += Text(items[i]);
    SPACEMOE_RETURN_IF_ERROR(runtime.CheckTextSize(out.size()));
  }
  return runtime.String(std::move(out));
}

template <bool at_start>
Result RemoveEnd(Runtime& runtime, const Value& self, const Args& args) {
  const char* name = at_start ? "removeprefix" : "removesuffix";
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind(name, args, {"prefix"}));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string part, bound.String(0));
  std::string text = Text(self);
  if (HasEnd(text, part, at_start)) {
    text.erase(at_start ? 0 : text.size() - part.size(), part.size());
  }
  return runtime.String(std::move(text));
}

enum class Justify { kLeft, kRight, kCenter };

template <Justify justify>
Result Pad(Runtime& runtime, const Value& self, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bound, BoundArgs::Bind("ljust", args, {"width", "fillchar"}));
  SPACEMOE_RETURN_IF_ERROR(bound.Required(0).status());
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t width, bound.IntOr(0, 0));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string fill, bound.StringOr(1, " "));
  if (CountCharacters(fill) != 1) {
    return TypeError("The fill character must be exactly one character long");
  }
  const int64_t missing =
      std::max<int64_t>(0, width - CountCharacters(Text(self)));
  SPACEMOE_RETURN_IF_ERROR(runtime.CheckTextSize(static_cast<size_t>(missing)));
  const int64_t left = justify == Justify::kLeft ? 0
                       : justify == Justify::kRight
                           ? missing
                           : missing / 2 + (missing & width & 1);
  std::string out;
  for (int64_t i = 0; i < left; ++i) out += fill;
  out += Text(self);
  for (int64_t i = left; i < missing; ++i) out += fill;
  return runtime.String(std::move(out));
}

Result ZeroFill(Runtime& runtime, const Value& self, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("zfill", args, {"width"}));
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t width, bound.IntOr(0, 0));
  const int64_t missing =
      std::max<int64_t>(0, width - CountCharacters(Text(self)));
  SPACEMOE_RETURN_IF_ERROR(runtime.CheckTextSize(static_cast<size_t>(missing)));
  std::string text = Text(self);
  const bool sign = text.starts_with('-') || text.starts_with('+');
  text.insert(sign ? 1 : 0, static_cast<size_t>(missing), '0');
  return runtime.String(std::move(text));
}

constexpr MethodEntry kMethods[] = {
    {"strip", Strip<Side::kBoth>},
    {"lstrip", Strip<Side::kLeft>},
    {"rstrip", Strip<Side::kRight>},
    {"upper", Convert<UpperText>},
    {"lower", Convert<LowerText>},
    {"casefold", Convert<LowerText>},
    {"title", Convert<TitleText>},
    {"capitalize", Convert<CapitalizeText>},
    {"startswith", TestEnd<true>},
    {"endswith", TestEnd<false>},
    {"removeprefix", RemoveEnd<true>},
    {"removesuffix", RemoveEnd<false>},
    {"replace", Replace},
    {"find", FindFirst},
    {"rfind", FindLast},
    {"index", IndexOf},
    {"count", Count},
    {"join", Join},
    {"ljust", Pad<Justify::kLeft>},
    {"rjust", Pad<Justify::kRight>},
    {"center", Pad<Justify::kCenter>},
    {"zfill", ZeroFill},
};

}  // namespace

std::span<const MethodEntry> StringMethods() { return kMethods; }

}  // namespace spacemoe::jinja
