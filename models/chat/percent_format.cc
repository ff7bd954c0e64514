#include <cctype>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/chat/operators.h"
#include "models/chat/print.h"
#include "models/chat/text.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

constexpr int kMaxWidth = 10'000;

struct Conversion {
  bool left = false;
  bool zero = false;
  bool plus = false;
  int width = 0;
  int precision = -1;
  char type = 0;
};

int ParseNumber(const std::string& format, size_t* at) {
  int number = 0;
  while (*at < format.size() &&
         std::isdigit(static_cast<unsigned char>(format[*at]))) {
    number = std::min(number * 10 + (format[(*at)++] - '0'), kMaxWidth + 1);
  }
  return number;
}

// `at` stands behind the %.
absl::StatusOr<Conversion> ParseConversion(const std::string& format,
                                           size_t* at) {
  Conversion result;
  for (; *at < format.size(); ++*at) {
    const char flag = format[*at];
    if (flag == '-') {
      result.left = true;
    } else if (flag == '0') {
      result.zero = true;
    } else if (flag == '+') {
      result.plus = true;
    } else {
      break;
    }
  }
  result.width = ParseNumber(format, at);
  if (*at < format.size() && format[*at] == '.') {
    ++*at;
    result.precision = ParseNumber(format, at);
  }
  if (*at >= format.size()) return TypeError("incomplete format");
  if (result.width > kMaxWidth || result.precision > kMaxWidth) {
    return absl::ResourceExhaustedError("a format is too wide");
  }
  result.type = format[(*at)++];
  return result;
}

std::string Pad(std::string text, const Conversion& conversion) {
  const auto missing = conversion.width - CountCharacters(text);
  if (missing <= 0) return text;
  const bool number = conversion.type != 's' && conversion.type != 'r';
  if (conversion.left) return text + std::string(missing, ' ');
  if (!conversion.zero || !number) return std::string(missing, ' ') + text;
  const size_t sign = text[0] == '-' || text[0] == '+' ? 1 : 0;
  return text.insert(sign, missing, '0');
}

absl::StatusOr<std::string> Number(const Conversion& conversion,
                                   const Value& value) {
  const auto number = value.AsNumber();
  if (!number.has_value()) {
    return TypeError(
        absl::StrFormat("%%%c format: a real number is required, "
                        "not %s",
                        conversion.type, value.TypeName()));
  }
  const std::string sign = conversion.plus && *number >= 0 ? "+" : "";
  if (conversion.type == 'f') {
    const int digits = conversion.precision < 0 ? 6 : conversion.precision;
    return sign + absl::StrFormat("%.*f", digits, *number);
  }
  const auto whole = value.AsInt();
  if (conversion.type != 'x') {
    if (whole.has_value()) return sign + absl::StrCat(*whole);
    return sign + absl::StrFormat("%.0f", std::trunc(*number));
  }
  if (!whole.has_value() || *whole < 0) {
    return TypeError("%x format: an integer of 0 or more is required");
  }
  return absl::StrFormat("%x", *whole);
}

absl::StatusOr<std::string> Convert(Runtime& runtime,
                                    const Conversion& conversion,
                                    const Value& value) {
  switch (conversion.type) {
    case 's':
      return ToText(runtime, value);
    case 'r':
      return ToRepr(runtime, value);
    case 'd':
    case 'i':
    case 'f':
    case 'x':
      return Number(conversion, value);
    default:
      return absl::UnimplementedError(
          absl::StrFormat("the format %%%c is not supported (known: s, r, d, "
                          "i, f, x, %%)",
                          conversion.type));
  }
}

}  // namespace

absl::StatusOr<Value> FormatPercent(Runtime& runtime, const std::string& format,
                                    const std::vector<Value>& values) {
  std::string out;
  size_t used = 0;
  for (size_t at = 0; at < format.size();) {
    if (format[at] != '%') {
      out.push_back(format[at++]);
      continue;
    }
    ++at;
    SPACEMOE_ASSIGN_OR_RETURN(const Conversion conversion,
                              ParseConversion(format, &at));
    if (conversion.type == '%') {
      out.push_back('%');
      continue;
    }
    if (used == values.size()) {
      return TypeError("not enough arguments for format string");
    }
    SPACEMOE_ASSIGN_OR_RETURN(std::string text,
                              Convert(runtime, conversion, values[used++]));
    out += Pad(std::move(text), conversion);
    SPACEMOE_RETURN_IF_ERROR(runtime.CheckTextSize(out.size()));
  }
  if (used < values.size()) {
    return TypeError("not all arguments converted during string formatting");
  }
  return runtime.String(std::move(out));
}

}  // namespace spacemoe::jinja
