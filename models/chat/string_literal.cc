// The escapes of Python's string literals.
#include <charconv>

#include "absl/strings/str_cat.h"
#include "models/chat/lexer.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

bool IsHighSurrogate(char32_t c) { return c >= 0xD800 && c < 0xDC00; }
bool IsLowSurrogate(char32_t c) { return c >= 0xDC00 && c < 0xE000; }

// The character of a simple escape, or 0.
char SimpleEscape(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'v':
      return '\v';
    case '\\':
    case '\'':
    case '"':
      return c;
    default:
      return 0;
  }
}

int HexDigits(char kind) {
  return kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
}

class Unescaper {
 public:
  explicit Unescaper(std::string_view literal) : rest_(literal) {}

  absl::StatusOr<std::string> Run() {
    while (!rest_.empty()) {
      if (rest_[0] != '\\' || rest_.size() < 2) {
        out_.push_back(rest_[0]);
        rest_.remove_prefix(1);
        continue;
      }
      SPACEMOE_RETURN_IF_ERROR(Escape(rest_[1]));
    }
    return std::move(out_);
  }

 private:
  absl::Status Escape(char kind) {
    if (const char simple = SimpleEscape(kind); simple != 0) {
      out_.push_back(simple);
      rest_.remove_prefix(2);
      return absl::OkStatus();
    }
    if (HexDigits(kind) > 0) return Hex(kind);
    if (kind >= '0' && kind <= '7') return Octal();
    if (kind == 'N') {
      return absl::UnimplementedError("the escape \\N{...} is not supported");
    }
    if (kind != '\n') out_.append(rest_.substr(0, 2));
    rest_.remove_prefix(2);
    return absl::OkStatus();
  }

  absl::Status Hex(char kind) {
    SPACEMOE_ASSIGN_OR_RETURN(char32_t c, TakeHex(kind));
    if (IsHighSurrogate(c) && rest_.starts_with("\\u")) {
      SPACEMOE_ASSIGN_OR_RETURN(const char32_t low, TakeHex('u'));
      if (!IsLowSurrogate(low)) return NoCharacter(low);
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return NoCharacter(c);
    AppendUtf8(c, &out_);
    return absl::OkStatus();
  }

  absl::StatusOr<char32_t> TakeHex(char kind) {
    const std::string_view digits = rest_.substr(2, HexDigits(kind));
    uint32_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, value, 16);
    const bool whole = digits.size() == static_cast<size_t>(HexDigits(kind)) &&
                       parsed.ec == std::errc() && parsed.ptr == end;
    if (!whole) {
      return absl::InvalidArgumentError(absl::StrCat(
          "a string has a truncated \\", std::string(1, kind), " escape"));
    }
    rest_.remove_prefix(2 + digits.size());
    return static_cast<char32_t>(value);
  }

  absl::Status Octal() {
    char32_t value = 0;
    size_t length = 1;
    while (length < 4 && length < rest_.size() && rest_[length] >= '0' &&
           rest_[length] <= '7') {
      value = value * 8 + (rest_[length++] - '0');
    }
    AppendUtf8(value, &out_);
    rest_.remove_prefix(length);
    return absl::OkStatus();
  }

  static absl::Status NoCharacter(char32_t c) {
    return absl::InvalidArgumentError(
        absl::StrCat("an escape in a string names no character: ",
                     absl::Hex(static_cast<uint32_t>(c))));
  }

  std::string_view rest_;
  std::string out_;
};

}  // namespace

absl::StatusOr<std::string> UnescapeLiteral(std::string_view literal) {
  return Unescaper(literal).Run();
}

}  // namespace spacemoe::jinja
