// Filters that give text.
#include "absl/strings/str_cat.h"
#include "models/chat/attributes.h"
#include "models/chat/filters.h"
#include "models/chat/operators.h"
#include "models/chat/print.h"
#include "models/chat/text.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

using Result = absl::StatusOr<Value>;

template <std::string (*function)(std::string_view)>
Result Convert(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_RETURN_IF_ERROR(BoundArgs::Bind("filter", args, {}).status());
  SPACEMOE_ASSIGN_OR_RETURN(const std::string text, ToText(runtime, value));
  return runtime.String(function(text));
}

std::string Identity(std::string_view text) { return std::string(text); }

// Jinja's title: a capital behind spaces, hyphens and opening brackets.
std::string JinjaTitle(std::string_view text) {
  static constexpr std::string_view kBetween = "-({[<";
  std::string out;
  std::string word;
  const auto flush = [&] {
    out += CapitalizeText(word);
    word.clear();
  };
  for (const std::string_view character : SplitCharacters(text)) {
    const bool space = StripText(character, std::nullopt, Side::kBoth).empty();
    const bool between =
        space || kBetween.find(character) != std::string_view::npos;
    if (between) flush();
    (between ? out : word) += character;
  }
  flush();
  return out;
}

// Calls the method of str of the same name.
template <const char* const& name>
Result AsMethod(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(std::string text, ToText(runtime, value));
  SPACEMOE_ASSIGN_OR_RETURN(const Value subject,
                            runtime.String(std::move(text)));
  return CallValue(runtime, *FindMethod(subject, name), args);
}

constexpr const char* kStrip = "strip";
constexpr const char* kReplace = "replace";

// replace(s, old, new, count): anything is turned into text.
Result Replace(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bound,
      BoundArgs::Bind("replace", args, {"old", "new", "count"}));
  Args texts;
  for (const size_t i : {size_t{0}, size_t{1}}) {
    SPACEMOE_ASSIGN_OR_RETURN(const Value part, bound.Required(i));
    SPACEMOE_ASSIGN_OR_RETURN(std::string text, ToText(runtime, part));
    texts.positional.push_back(Value::String(std::move(text)));
  }
  const Value count = bound.Or(2, Value());
  if (!count.is_none()) texts.positional.push_back(count);
  return AsMethod<kReplace>(runtime, value, texts);
}

Result Center(Runtime& runtime, const Value& value, const Args& args) {
  static constexpr const char* kCenter = "center";
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("center", args, {"width"}));
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t width, bound.IntOr(0, 80));
  return AsMethod<kCenter>(runtime, value, {{Value::Int(width)}, {}});
}

// A width in spaces, or the text itself.
absl::StatusOr<std::string> Indention(const BoundArgs& bound, size_t index) {
  const Value width = bound.Or(index, Value::Int(4));
  if (const std::string* text = width.string_if()) return *text;
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t count, bound.IntOr(index, 4));
  if (count > static_cast<int64_t>(kMaxTextBytes)) {
    return absl::ResourceExhaustedError("indent() is too wide");
  }
  return std::string(static_cast<size_t>(std::max<int64_t>(0, count)), ' ');
}

Result Indent(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bound,
      BoundArgs::Bind("indent", args, {"width", "first", "blank"}));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string indention, Indention(bound, 0));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string text, ToText(runtime, value));
  SPACEMOE_RETURN_IF_ERROR(
      runtime.Charge(static_cast<int64_t>(text.size() / 8)));
  const std::string ended = text + "\n";
  const auto lines = SplitLines(ended, false);
  std::string out = bound.BoolOr(1, false) ? indention : "";
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out.push_back('\n');
    const bool filled = !lines[i].empty() || bound.BoolOr(2, false);
    if (i > 0 && filled) out += indention;
    out += lines[i];
    SPACEMOE_RETURN_IF_ERROR(runtime.CheckTextSize(out.size()));
  }
  return runtime.String(std::move(out));
}

Result Join(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("join", args, {"d", "attribute"}));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string separator,
                            ToText(runtime, bound.Or(0, Value::String(""))));
  const Value attribute = bound.Or(1, Value());
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, ItemsOf(runtime, value));
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    SPACEMOE_ASSIGN_OR_RETURN(const Value item,
                              attribute.is_none()
                                  ? Result(items[i])
                                  : GetPath(runtime, items[i], attribute));
    SPACEMOE_ASSIGN_OR_RETURN(const std::string text, ToText(runtime, item));
    if (i > 0) out += separator;
    out += text;
    SPACEMOE_RETURN_IF_ERROR(runtime.CheckTextSize(out.size()));
  }
  return runtime.String(std::move(out));
}

Result Truncate(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bound,
      BoundArgs::Bind("truncate", args,
                      {"length", "killwords", "end", "leeway"}));
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t length, bound.IntOr(0, 255));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string end, bound.StringOr(2, "..."));
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t leeway, bound.IntOr(3, 5));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string text, ToText(runtime, value));
  SPACEMOE_RETURN_IF_ERROR(
      runtime.Charge(static_cast<int64_t>(text.size() / 8)));
  const auto characters = SplitCharacters(text);
  const int64_t kept = length - CountCharacters(end);
  if (kept < 0 || leeway < 0) return TypeError("truncate() is too short");
  const auto count = static_cast<int64_t>(characters.size());
  if (length >= count || count - length <= leeway) return value;
  std::string out;
  for (int64_t i = 0; i < kept; ++i) out += characters[i];
  if (!bound.BoolOr(1, false)) out = out.substr(0, out.rfind(' '));
  return runtime.String(out + end);
}

Result Format(Runtime& runtime, const Value& value, const Args& args) {
  if (!args.named.empty()) {
    return absl::UnimplementedError(
        "the filter format with named arguments is not supported");
  }
  SPACEMOE_ASSIGN_OR_RETURN(const std::string text, ToText(runtime, value));
  return FormatPercent(runtime, text, args.positional);
}

absl::StatusOr<JsonFormat> JsonFormatOf(const BoundArgs& bound) {
  JsonFormat format;
  format.ensure_ascii = bound.BoolOr(0, false);
  format.sort_keys = bound.BoolOr(3, false);
  const Value indent = bound.Or(1, Value());
  if (!indent.is_none()) {
    format.multi_line = true;
    format.item_separator.pop_back();  // no space before a new line
    SPACEMOE_ASSIGN_OR_RETURN(format.indent, Indention(bound, 1));
  }
  const Value separators = bound.Or(2, Value());
  if (separators.is_none()) return format;
  const Sequence* pair = separators.sequence_if();
  const bool good = pair != nullptr && pair->items.size() == 2 &&
                    pair->items[0].is_string() && pair->items[1].is_string();
  if (!good) return TypeError("tojson(): separators must be two strings");
  format.item_separator = *pair->items[0].string_if();
  format.key_separator = *pair->items[1].string_if();
  return format;
}

// As transformers defines it: json.dumps without escaping for HTML.
Result Json(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bound,
      BoundArgs::Bind("tojson", args,
                      {"ensure_ascii", "indent", "separators", "sort_keys"}));
  SPACEMOE_ASSIGN_OR_RETURN(const JsonFormat format, JsonFormatOf(bound));
  SPACEMOE_ASSIGN_OR_RETURN(std::string text, ToJson(runtime, value, format));
  return runtime.String(std::move(text));
}

constexpr FilterEntry kFilters[] = {
    {"upper", Convert<UpperText>},
    {"lower", Convert<LowerText>},
    {"capitalize", Convert<CapitalizeText>},
    {"title", Convert<JinjaTitle>},
    {"string", Convert<Identity>},
    {"safe", Convert<Identity>},
    {"escape", Convert<EscapeHtml>},
    {"e", Convert<EscapeHtml>},
    {"forceescape", Convert<EscapeHtml>},
    {"trim", AsMethod<kStrip>},
    {"replace", Replace},
    {"center", Center},
    {"indent", Indent},
    {"join", Join},
    {"truncate", Truncate},
    {"format", Format},
    {"tojson", Json},
};

}  // namespace

std::span<const FilterEntry> TextFilters() { return kFilters; }

}  // namespace spacemoe::jinja
