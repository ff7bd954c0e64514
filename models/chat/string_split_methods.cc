#include "absl/strings/str_cat.h"
#include "models/chat/methods.h"
#include "models/chat/print.h"
#include "models/chat/render_runtime.h"
#include "models/chat/text.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

using Result = absl::StatusOr<Value>;

const std::string& Text(const Value& self) { return *self.string_if(); }

Result Strings(Runtime& runtime, SequenceKind kind,
               const std::vector<std::string_view>& parts) {
  SPACEMOE_RETURN_IF_ERROR(runtime.Charge(static_cast<int64_t>(parts.size())));
  std::vector<Value> items;
  for (const std::string_view part : parts) {
    items.push_back(Value::String(std::string(part)));
  }
  return runtime.MakeSequence(kind, std::move(items));
}

// str.rsplit() without a separator.
std::vector<std::string_view> SplitAtLastSpaces(std::string_view text,
                                                int64_t limit) {
  auto words = SplitAtSpaces(text, -1);
  if (limit < 0 || static_cast<int64_t>(words.size()) <= limit) return words;
  const size_t joined = words.size() - static_cast<size_t>(limit);
  const std::string_view last = words[joined - 1];
  const std::string_view head =
      text.substr(0, last.data() + last.size() - text.data());
  words.erase(words.begin(), words.begin() + joined - 1);
  words.front() = head;
  return words;
}

template <bool from_end>
Result Split(Runtime& runtime, const Value& self, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bound, BoundArgs::Bind("split", args, {"sep", "maxsplit"}));
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t limit, bound.IntOr(1, -1));
  SPACEMOE_RETURN_IF_ERROR(runtime.ChargeBytes(Text(self).size()));
  if (bound.Or(0, Value()).is_none()) {
    return Strings(runtime, SequenceKind::kList,
                   from_end ? SplitAtLastSpaces(Text(self), limit)
                            : SplitAtSpaces(Text(self), limit));
  }
  SPACEMOE_ASSIGN_OR_RETURN(const std::string separator, bound.String(0));
  if (separator.empty()) return TypeError("empty separator");
  return Strings(runtime, SequenceKind::kList,
                 from_end ? SplitTextFromEnd(Text(self), separator, limit)
                          : SplitText(Text(self), separator, limit));
}

Result Lines(Runtime& runtime, const Value& self, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("splitlines", args, {"keepends"}));
  SPACEMOE_RETURN_IF_ERROR(
      runtime.Charge(static_cast<int64_t>(Text(self).size() / 8)));
  return Strings(runtime, SequenceKind::kList,
                 SplitLines(Text(self), bound.BoolOr(0, false)));
}

template <bool from_end>
Result Partition(Runtime& runtime, const Value& self, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("partition", args, {"sep"}));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string separator, bound.String(0));
  if (separator.empty()) return TypeError("empty separator");
  SPACEMOE_RETURN_IF_ERROR(runtime.ChargeBytes(Text(self).size()));
  const std::string_view text = Text(self);
  const size_t at =
      from_end ? FindTextFromEnd(text, separator) : FindText(text, separator);
  if (at == std::string_view::npos) {
    return from_end ? Strings(runtime, SequenceKind::kTuple, {"", "", text})
                    : Strings(runtime, SequenceKind::kTuple, {text, "", ""});
  }
  return Strings(
      runtime, SequenceKind::kTuple,
      {text.substr(0, at), separator, text.substr(at + separator.size())});
}

// What stands between the braces of "{0}", "{name}", "{}".
Result FormatField(const std::string& field, size_t* next, const Args& args) {
  if (field.find_first_of(".[!:") != std::string::npos) {
    return absl::UnimplementedError(
        absl::StrCat("str.format() with the field '{", field,
                     "}' is not supported (known: {}, {0}, {name})"));
  }
  const bool number = !field.empty() && field.find_first_not_of("0123456789") ==
                                            std::string::npos;
  if (field.empty() || number) {
    const size_t index = field.empty()       ? (*next)++
                         : field.size() <= 6 ? std::stoul(field)
                                             : args.positional.size();
    if (index < args.positional.size()) return args.positional[index];
    return TypeError("str.format(): a replacement index is out of range");
  }
  for (const auto& [name, value] : args.named) {
    if (name == field) return value;
  }
  return TypeError(
      absl::StrCat("str.format(): no argument is named '", field, "'"));
}

Result Format(Runtime& runtime, const Value& self, const Args& args) {
  const std::string& text = Text(self);
  std::string out;
  size_t next = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool brace = c == '{' || c == '}';
    const bool doubled = brace && at + 1 < text.size() && text[at + 1] == c;
    if (!brace || doubled) {
      out.push_back(c);
      at += doubled ? 1 : 0;
      continue;
    }
    const size_t end = c == '{' ? text.find('}', at) : std::string::npos;
    if (end == std::string::npos) {
      return TypeError(
          absl::StrCat("str.format(): single '", std::string(1, c), "'"));
    }
    SPACEMOE_ASSIGN_OR_RETURN(
        const Value value,
        FormatField(text.substr(at + 1, end - at - 1), &next, args));
    SPACEMOE_ASSIGN_OR_RETURN(const std::string part, ToText(runtime, value));
    out += part;
    SPACEMOE_RETURN_IF_ERROR(runtime.CheckTextSize(out.size()));
    at = end;
  }
  return runtime.String(std::move(out));
}

constexpr MethodEntry kSplitMethods[] = {
    {"split", Split<false>},         {"rsplit", Split<true>},
    {"splitlines", Lines},           {"partition", Partition<false>},
    {"rpartition", Partition<true>}, {"format", Format},
};

template <bool (*predicate)(char32_t)>
Result All(Runtime& runtime, const Value& self, const Args&) {
  SPACEMOE_RETURN_IF_ERROR(runtime.ChargeBytes(Text(self).size()));
  bool all = !Text(self).empty();
  ForEachCodePoint(Text(self), [&](CodePoint point, size_t) {
    all = all && predicate(point.value);
  });
  return Value::Bool(all);
}

// Some letter of `wanted` case and none of the other.
template <bool (*wanted)(char32_t), bool (*other)(char32_t)>
Result AllCased(Runtime& runtime, const Value& self, const Args&) {
  SPACEMOE_RETURN_IF_ERROR(runtime.ChargeBytes(Text(self).size()));
  bool some = false;
  bool none = true;
  ForEachCodePoint(Text(self), [&](CodePoint point, size_t) {
    some = some || wanted(point.value);
    none = none && !other(point.value);
  });
  return Value::Bool(some && none);
}

constexpr MethodEntry kPredicates[] = {
    {"isdigit", All<IsDigit>},
    {"isdecimal", All<IsDigit>},
    {"isnumeric", All<IsNumeric>},
    {"isalpha", All<IsLetter>},
    {"isalnum", All<IsLetterOrNumber>},
    {"isspace", All<IsWhitespace>},
    {"isupper", AllCased<IsUpper, IsLower>},
    {"islower", AllCased<IsLower, IsUpper>},
};

}  // namespace

std::span<const MethodEntry> StringSplitMethods() { return kSplitMethods; }
std::span<const MethodEntry> StringPredicateMethods() { return kPredicates; }

}  // namespace spacemoe::jinja
