#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/chat/operators.h"
#include "models/chat/print.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

void AppendEscape(char32_t c, std::string* out) {
  absl::StrAppendFormat(out, "\\u%04x", static_cast<unsigned>(c));
}

// The short escape of a character, or nullptr.
const char* ShortEscape(char32_t c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    default:
      return nullptr;
  }
}

void AppendJsonCharacter(char32_t c, bool ensure_ascii, std::string* out) {
  if (const char* escape = ShortEscape(c)) {
    out->append(escape);
  } else if (c < 0x20 || (ensure_ascii && c > 0x7E && c < 0x10000)) {
    AppendEscape(c, out);
  } else if (ensure_ascii && c >= 0x10000) {
    AppendEscape(0xD800 + ((c - 0x10000) >> 10), out);
    AppendEscape(0xDC00 + ((c - 0x10000) & 0x3FF), out);
  } else {
    AppendUtf8(c, out);
  }
}

std::string JsonString(std::string_view text, bool ensure_ascii) {
  std::string out = "\"";
  ForEachCodePoint(text, [&](CodePoint point, size_t) {
    AppendJsonCharacter(point.value, ensure_ascii, &out);
  });
  out.push_back('"');
  return out;
}

std::string JsonFloat(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  return FloatRepr(number);
}

class JsonWriter {
 public:
  JsonWriter(Runtime& runtime, const JsonFormat& format)
      : runtime_(runtime), format_(format) {}

  absl::Status Write(const Value& value) {
    SPACEMOE_RETURN_IF_ERROR(runtime_.Charge(1));
    SPACEMOE_RETURN_IF_ERROR(runtime_.CheckTextSize(out_.size()));
    const Sequence* sequence = value.sequence_if();
    const bool array =
        sequence != nullptr && (sequence->kind == SequenceKind::kList ||
                                sequence->kind == SequenceKind::kTuple);
    if (array) return Array(*sequence);
    if (const Dict* dict = value.dict_if()) return JsonObject(*dict);
    SPACEMOE_ASSIGN_OR_RETURN(const std::string text, Scalar(value));
    out_ += text;
    return absl::OkStatus();
  }

  std::string Take() { return std::move(out_); }

 private:
  absl::StatusOr<std::string> Scalar(const Value& value) {
    if (const std::string* text = value.string_if()) {
      SPACEMOE_RETURN_IF_ERROR(runtime_.ChargeBytes(text->size()));
      return JsonString(*text, format_.ensure_ascii);
    }
    if (value.is_none()) return std::string("null");
    if (value.is_bool()) return std::string(value.Truthy() ? "true" : "false");
    if (value.is_int()) return absl::StrCat(*value.AsInt());
    if (value.is_float()) return JsonFloat(*value.AsNumber());
    return TypeError(absl::StrCat("Object of type ", value.TypeName(),
                                  " is not JSON serializable"));
  }

  absl::Status Array(const Sequence& sequence) {
    if (sequence.items.empty()) return Append("[]");
    Open('[');
    for (size_t i = 0; i < sequence.items.size(); ++i) {
      Separate(i == 0);
      SPACEMOE_RETURN_IF_ERROR(Write(sequence.items[i]));
    }
    Close(']');
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Key(const Value& key) {
    if (key.is_string()) return Scalar(key);
    if (!key.is_none() && !key.is_number()) {
      return TypeError(absl::StrCat(
          "keys must be str, int, float, bool or None, not ", key.TypeName()));
    }
    SPACEMOE_ASSIGN_OR_RETURN(const std::string text, Scalar(key));
    return absl::StrCat("\"", text, "\"");
  }

  absl::Status JsonObject(const Dict& dict) {
    if (dict.entries().empty()) return Append("{}");
    std::vector<const Dict::Entry*> entries;
    for (const Dict::Entry& entry : dict.entries()) entries.push_back(&entry);
    if (format_.sort_keys) SPACEMOE_RETURN_IF_ERROR(SortByKey(&entries));
    Open('{');
    for (const Dict::Entry* entry : entries) {
      Separate(entry == entries.front());
      SPACEMOE_ASSIGN_OR_RETURN(const std::string key, Key(entry->first));
      absl::StrAppend(&out_, key, format_.key_separator);
      SPACEMOE_RETURN_IF_ERROR(Write(entry->second));
    }
    Close('}');
    return absl::OkStatus();
  }

  // By the keys as they are, before they become text: 9 comes before 10, and
  // text and numbers do not compare.
  absl::Status SortByKey(std::vector<const Dict::Entry*>* entries) {
    absl::Status failed;
    std::stable_sort(entries->begin(), entries->end(),
                     [&](const Dict::Entry* a, const Dict::Entry* b) {
                       if (!failed.ok()) return false;
                       const auto less = Less(runtime_, a->first, b->first);
                       if (!less.ok()) failed = less.status();
                       return less.ok() && *less;
                     });
    return failed;
  }

  absl::Status Append(const char* text) {
    out_ += text;
    return absl::OkStatus();
  }
  void Open(char bracket) {
    out_.push_back(bracket);
    ++level_;
  }
  void Close(char bracket) {
    --level_;
    NewLine();
    out_.push_back(bracket);
  }
  void Separate(bool first) {
    if (!first) out_ += format_.item_separator;
    NewLine();
  }
  void NewLine() {
    if (!format_.multi_line) return;
    out_.push_back('\n');
    for (int i = 0; i < level_; ++i) out_ += format_.indent;
  }

  Runtime& runtime_;
  const JsonFormat& format_;
  std::string out_;
  int level_ = 0;
};

}  // namespace

absl::StatusOr<std::string> ToJson(Runtime& runtime, const Value& value,
                                   const JsonFormat& format) {
  JsonWriter writer(runtime, format);
  SPACEMOE_RETURN_IF_ERROR(writer.Write(value));
  return writer.Take();
}

}  // namespace spacemoe::jinja
