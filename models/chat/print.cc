#include "models/chat/print.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/chat/namespace.h"
#include "models/chat/text.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

constexpr int kMaxPrintDepth = 150;

void AppendEscaped(char32_t c, char quote, std::string* out) {
  if (c == '\n') {
    out->append("\\n");
  } else if (c == '\r') {
    out->append("\\r");
  } else if (c == '\t') {
    out->append("\\t");
  } else if (c == '\\' || c == static_cast<char32_t>(quote)) {
    out->push_back('\\');
    out->push_back(static_cast<char>(c));
  } else if (IsPrintable(c)) {
    AppendUtf8(c, out);
  } else if (c < 0x100) {
    absl::StrAppendFormat(out, "\\x%02x", static_cast<unsigned>(c));
  } else if (c < 0x10000) {
    absl::StrAppendFormat(out, "\\u%04x", static_cast<unsigned>(c));
  } else {
    absl::StrAppendFormat(out, "\\U%08x", static_cast<unsigned>(c));
  }
}

std::string StringRepr(std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const bool has_double = text.find('"') != std::string_view::npos;
  const char quote = has_single && !has_double ? '"' : '\'';
  std::string out(1, quote);
  ForEachCodePoint(text, [&](CodePoint point, size_t) {
    AppendEscaped(point.value, quote, &out);
  });
  out.push_back(quote);
  return out;
}

// Writes a value and what is in it, within the limits of the rendering.
class Printer {
 public:
  explicit Printer(Runtime& runtime) : runtime_(runtime) {}

  absl::Status Repr(const Value& value) {
    if (++depth_ > kMaxPrintDepth) {
      return absl::ResourceExhaustedError("a value is nested too deeply");
    }
    SPACEMOE_RETURN_IF_ERROR(runtime_.Charge(1));
    SPACEMOE_RETURN_IF_ERROR(runtime_.CheckTextSize(out_.size()));
    SPACEMOE_RETURN_IF_ERROR(Dispatch(value));
    --depth_;
    return absl::OkStatus();
  }

  std::string Take() { return std::move(out_); }

 private:
  absl::Status Dispatch(const Value& value) {
    if (const std::string* text = value.string_if()) return Text(*text);
    if (const Sequence* sequence = value.sequence_if()) return Items(*sequence);
    if (const Dict* dict = value.dict_if()) return Braces(*dict);
    const auto* space = dynamic_cast<const Namespace*>(value.object_if());
    if (space != nullptr) return SpaceRepr(*space);
    out_ += Scalar(value);
    return absl::OkStatus();
  }

  absl::Status Text(const std::string& text) {
    SPACEMOE_RETURN_IF_ERROR(runtime_.ChargeBytes(text.size()));
    out_ += StringRepr(text);
    return absl::OkStatus();
  }

  absl::Status Items(const Sequence& sequence) {
    switch (sequence.kind) {
      case SequenceKind::kRange:
        out_ += sequence.text;
        return absl::OkStatus();
      case SequenceKind::kIterator:
        out_ += "<generator object>";
        return absl::OkStatus();
      case SequenceKind::kList:
        return Bracketed("[", sequence, "]");
      case SequenceKind::kTuple:
        return Bracketed("(", sequence,
                         sequence.items.size() == 1 ? ",)" : ")");
      case SequenceKind::kKeys:
        return Bracketed("dict_keys([", sequence, "])");
      case SequenceKind::kValues:
        return Bracketed("dict_values([", sequence, "])");
      case SequenceKind::kItems:
        return Bracketed("dict_items([", sequence, "])");
    }
    return absl::OkStatus();
  }

  absl::Status Bracketed(const char* open, const Sequence& sequence,
                         const char* close) {
    out_ += open;
    for (size_t i = 0; i < sequence.items.size(); ++i) {
      if (i > 0) out_ += ", ";
      SPACEMOE_RETURN_IF_ERROR(Repr(sequence.items[i]));
    }
    out_ += close;
    return absl::OkStatus();
  }

  absl::Status Braces(const Dict& dict) {
    out_ += "{";
    for (const auto& [key, value] : dict.entries()) {
      if (&key != &dict.entries().front().first) out_ += ", ";
      SPACEMOE_RETURN_IF_ERROR(Repr(key));
      out_ += ": ";
      SPACEMOE_RETURN_IF_ERROR(Repr(value));
    }
    out_ += "}";
    return absl::OkStatus();
  }

  absl::Status SpaceRepr(const Namespace& space) {
    out_ += "<Namespace {";
    bool first = true;
    for (const auto& [name, value] : space.attributes()) {
      absl::StrAppend(&out_, first ? "" : ", ", StringRepr(name), ": ");
      first = false;
      SPACEMOE_RETURN_IF_ERROR(Repr(value));
    }
    out_ += "}>";
    return absl::OkStatus();
  }

  static std::string Scalar(const Value& value) {
    if (value.is_undefined()) return "Undefined";
    if (value.is_none()) return "None";
    if (value.is_bool()) return value.Truthy() ? "True" : "False";
    if (value.is_int()) return absl::StrCat(*value.AsInt());
    if (value.is_float()) return FloatRepr(*value.AsNumber());
    return absl::StrCat("<", value.TypeName(), ">");
  }

  Runtime& runtime_;
  std::string out_;
  int depth_ = 0;
};

// "1.5e+20" as Python writes it: digits and exponent from the shortest form.
std::string Positional(std::string digits, int exponent) {
  const int count = static_cast<int>(digits.size());
  if (exponent < 0)
    return absl::StrCat("0.", std::string(-exponent - 1, '0'), digits);
  if (count <= exponent + 1) {
    return digits + std::string(exponent + 1 - count, '0') + ".0";
  }
  return digits.substr(0, exponent + 1) + "." + digits.substr(exponent + 1);
}

std::string Scientific(const std::string& digits, int exponent) {
  const std::string rest =
      digits.size() > 1 ? absl::StrCat(".", digits.substr(1)) : "";
  return absl::StrFormat("%c%se%c%02d", digits[0], rest,
                         exponent < 0 ? '-' : '+', std::abs(exponent));
}

}  // namespace

std::string FloatRepr(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  char buffer[64];
  const auto end =
      std::to_chars(buffer, buffer + sizeof(buffer), std::abs(number),
                    std::chars_format::scientific)
          .ptr;
  const std::string shortest(buffer, end);
  const size_t e = shortest.find('e');
  const int exponent = std::atoi(shortest.c_str() + e + 1);
  std::string digits = shortest.substr(0, e);
  std::erase(digits, '.');
  const std::string sign = std::signbit(number) ? "-" : "";
  const bool positional = exponent >= -4 && exponent < 16;
  return sign + (positional ? Positional(digits, exponent)
                            : Scientific(digits, exponent));
}

absl::StatusOr<std::string> ToRepr(Runtime& runtime, const Value& value) {
  Printer printer(runtime);
  SPACEMOE_RETURN_IF_ERROR(printer.Repr(value));
  return printer.Take();
}

absl::StatusOr<std::string> ToText(Runtime& runtime, const Value& value) {
  if (value.is_undefined()) return std::string();
  if (const std::string* text = value.string_if()) {
    SPACEMOE_RETURN_IF_ERROR(runtime.ChargeBytes(text->size()));
    return *text;
  }
  return ToRepr(runtime, value);
}

}  // namespace spacemoe::jinja
