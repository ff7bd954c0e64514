#include "models/chat/lexer.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/chat/text.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

constexpr size_t kNone = std::string_view::npos;

bool IsSpaceByte(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Newlines to \n; the last one is dropped.
std::string NormalizeNewlines(std::string_view source) {
  std::string out;
  for (size_t i = 0; i < source.size(); ++i) {
    const bool pair = source.substr(i, 2) == "\r\n";
    if (!pair) out.push_back(source[i] == '\r' ? '\n' : source[i]);
  }
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

class Lexer {
 public:
  explicit Lexer(std::string source) : source_(std::move(source)) {}

  absl::StatusOr<std::vector<Token>> Run() {
    while (at_ < source_.size()) {
      SPACEMOE_RETURN_IF_ERROR(Step());
    }
    Emit(TokenType::kEnd, "");
    return std::move(tokens_);
  }

 private:
  absl::Status Error(std::string_view message) const {
    return absl::InvalidArgumentError(
        absl::StrCat("line ", line_, ": ", std::string(message)));
  }

  std::string_view Rest() const {
    return std::string_view(source_).substr(at_);
  }

  bool At(std::string_view text) const { return Rest().starts_with(text); }

  void Advance(size_t count) {
    const auto taken = std::string_view(source_).substr(at_, count);
    line_ += static_cast<int>(std::count(taken.begin(), taken.end(), '\n'));
    if (!taken.empty()) line_starting_ = taken.back() == '\n';
    at_ += count;
  }

  void Emit(TokenType type, std::string text) {
    tokens_.push_back({type, std::move(text), line_});
  }

  // Text up to the next tag, then the tag.
  absl::Status Step() {
    const size_t begin = FindTag(at_);
    if (begin == kNone) {
      EmitText(Rest());
      Advance(Rest().size());
      return absl::OkStatus();
    }
    const std::string_view text =
        std::string_view(source_).substr(at_, begin - at_);
    const char kind = source_[begin + 1];
    const char sign = begin + 2 < source_.size() ? source_[begin + 2] : ' ';
    EmitText(StripBefore(text, kind, sign));
    Advance(text.size());
    return Tag(kind, sign == '-' || sign == '+');
  }

  size_t FindTag(size_t from) const {
    for (size_t i = source_.find('{', from); i != kNone;
         i = source_.find('{', i + 1)) {
      const char next = i + 1 < source_.size() ? source_[i + 1] : ' ';
      if (next == '{' || next == '%' || next == '#') return i;
    }
    return kNone;
  }

  void EmitText(std::string_view text) {
    if (!text.empty()) Emit(TokenType::kText, std::string(text));
  }

  // {%- strips all white space before it, {% and {# that of their line.
  std::string_view StripBefore(std::string_view text, char kind,
                               char sign) const {
    if (sign == '-') return StripText(text, std::nullopt, Side::kRight);
    if (sign == '+' || kind == '{') return text;
    const size_t line = text.rfind('\n') + 1;  // 0 where there is none
    if (line == 0 && !line_starting_) return text;
    const bool blank =
        StripText(text.substr(line), std::nullopt, Side::kBoth).empty();
    return blank ? text.substr(0, line) : text;
  }

  absl::Status Tag(char kind, bool has_sign) {
    const size_t head = has_sign ? 3 : 2;
    if (kind == '#') return Comment(head);
    if (kind == '%' && AtRaw(head)) return Raw(head);
    Emit(kind == '{' ? TokenType::kOutputBegin : TokenType::kBlockBegin, "");
    Advance(head);
    return Inside(kind == '{');
  }

  // Behind a closing tag: "-" strips all white space, a block one newline.
  void CloseTag(size_t length, bool strip, bool trim) {
    Advance(length);
    if (strip) {
      const auto kept = StripText(Rest(), std::nullopt, Side::kLeft);
      Advance(Rest().size() - kept.size());
    } else if (trim && At("\n")) {
      Advance(1);
    }
  }

  absl::Status Comment(size_t head) {
    const size_t end = source_.find("#}", at_ + head);
    if (end == kNone) return Error("missing end of comment tag #}");
    const char sign = end > at_ + head ? source_[end - 1] : ' ';
    CloseTag(end + 2 - at_, sign == '-', sign != '+');
    return absl::OkStatus();
  }

  // Skips white space and `word` from `at`; kNone if the word is not there.
  size_t SkipWord(size_t at, std::string_view word) const {
    while (at < source_.size() && IsSpaceByte(source_[at])) ++at;
    if (!std::string_view(source_).substr(at).starts_with(word)) return kNone;
    at += word.size();
    while (at < source_.size() && IsSpaceByte(source_[at])) ++at;
    return at;
  }

  bool AtRaw(size_t head) const {
    const size_t end = SkipWord(at_ + head, "raw");
    if (end == kNone) return false;
    const auto rest = std::string_view(source_).substr(end);
    return rest.starts_with("%}") || rest.starts_with("-%}");
  }

  absl::Status Raw(size_t head) {
    const size_t close = SkipWord(at_ + head, "raw");
    const bool strip = source_[close] == '-';
    CloseTag(close + (strip ? 3 : 2) - at_, strip, false);
    for (size_t i = source_.find("{%", at_); i != kNone;
         i = source_.find("{%", i + 2)) {
      const char sign = i + 2 < source_.size() ? source_[i + 2] : ' ';
      const size_t from = i + (sign == '-' || sign == '+' ? 3 : 2);
      const size_t end = SkipWord(from, "endraw");
      if (end == kNone) continue;
      const auto rest = std::string_view(source_).substr(end);
      const char closing = rest.empty() ? ' ' : rest[0];
      const bool signed_end = closing == '-' || closing == '+';
      if (!rest.substr(signed_end ? 1 : 0).starts_with("%}")) continue;
      EmitText(StripBefore(std::string_view(source_).substr(at_, i - at_), '%',
                           sign));
      CloseTag(end + (signed_end ? 3 : 2) - at_, closing == '-',
               closing != '+');
      return absl::OkStatus();
    }
    return Error("missing end of raw block {% endraw %}");
  }

  // The tokens between {{ and }} or {% and %}.
  absl::Status Inside(bool output) {
    const std::string_view close = output ? "}}" : "%}";
    brackets_.clear();
    while (true) {
      while (at_ < source_.size() && IsSpaceByte(source_[at_])) Advance(1);
      if (at_ >= source_.size()) {
        return Error(absl::StrCat("missing end of tag ", std::string(close)));
      }
      const size_t sign = At("-") || (!output && At("+")) ? 1 : 0;
      if (brackets_.empty() && Rest().substr(sign).starts_with(close)) {
        const bool strip = At("-");
        const bool trim = !output && !At("+");
        Emit(output ? TokenType::kOutputEnd : TokenType::kBlockEnd, "");
        CloseTag(sign + 2, strip, trim);
        return absl::OkStatus();
      }
      SPACEMOE_RETURN_IF_ERROR(NextToken());
    }
  }

  static bool IsDigitByte(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
  }
  static bool IsNameByte(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  }

  absl::Status NextToken() {
    const char c = source_[at_];
    if (c == '"' || c == '\'') return String(c);
    if (IsDigitByte(c)) return Number();
    if (IsNameByte(c)) return Name();
    return Operator();
  }

  absl::Status Name() {
    size_t end = at_;
    while (end < source_.size() && IsNameByte(source_[end])) ++end;
    Emit(TokenType::kName, source_.substr(at_, end - at_));
    Advance(end - at_);
    return absl::OkStatus();
  }

  absl::Status String(char quote) {
    size_t end = at_ + 1;
    while (end < source_.size() && source_[end] != quote) {
      end += source_[end] == '\\' ? 2 : 1;
    }
    if (end >= source_.size()) return Error("a string has no end");
    auto value = UnescapeLiteral(
        std::string_view(source_).substr(at_ + 1, end - at_ - 1));
    if (!value.ok()) return Error(std::string(value.status().message()));
    Emit(TokenType::kString, *std::move(value));
    Advance(end + 1 - at_);
    return absl::OkStatus();
  }

  size_t SkipDigits(size_t at) const {
    while (at < source_.size() &&
           (IsDigitByte(source_[at]) ||
            (source_[at] == '_' && at + 1 < source_.size() &&
             IsDigitByte(source_[at + 1])))) {
      ++at;
    }
    return at;
  }

  // Behind an exponent that begins at `at`, or `at` if there is none.
  size_t SkipExponent(size_t at) const {
    if (at >= source_.size() || (source_[at] != 'e' && source_[at] != 'E')) {
      return at;
    }
    size_t digits = at + 1;
    if (digits < source_.size() &&
        (source_[digits] == '+' || source_[digits] == '-')) {
      ++digits;
    }
    const size_t end = SkipDigits(digits);
    return end > digits && IsDigitByte(source_[digits]) ? end : at;
  }

  absl::Status Number() {
    const char second = at_ + 1 < source_.size() ? source_[at_ + 1] : ' ';
    const bool based =
        source_[at_] == '0' && std::string_view("xXoObB").find(second) != kNone;
    if (based) return Error("only decimal numbers are supported");
    const size_t whole = SkipDigits(at_);
    size_t end = whole;
    const bool fraction = end + 1 < source_.size() && source_[end] == '.' &&
                          IsDigitByte(source_[end + 1]) && !AfterDot();
    if (fraction) end = SkipDigits(end + 1);
    if (!AfterDot()) end = SkipExponent(end);
    std::string digits = source_.substr(at_, end - at_);
    std::erase(digits, '_');
    Emit(end == whole ? TokenType::kInteger : TokenType::kFloat,
         std::move(digits));
    Advance(end - at_);
    return absl::OkStatus();
  }

  // x.0.1: digits behind a dot are no float.
  bool AfterDot() const { return at_ > 0 && source_[at_ - 1] == '.'; }

  absl::Status Operator() {
    static constexpr std::string_view kOperators[] = {
        "==", "!=", ">=", "<=", "**", "//", "+", "-", "*", "/", "%", "~", "[",
        "]",  "(",  ")",  "{",  "}",  ">",  "<", "=", ".", ":", "|", ",", ";"};
    for (const std::string_view text : kOperators) {
      if (!At(text)) continue;
      SPACEMOE_RETURN_IF_ERROR(Balance(text[0]));
      Emit(TokenType::kOperator, std::string(text));
      Advance(text.size());
      return absl::OkStatus();
    }
    const int length = DecodeCodePoint(source_, at_).length;
    return Error(absl::StrCat("unexpected character '",
                              source_.substr(at_, length), "'"));
  }

  absl::Status Balance(char c) {
    static constexpr std::string_view kOpen = "([{";
    static constexpr std::string_view kClose = ")]}";
    if (kOpen.find(c) != kNone) brackets_.push_back(kClose[kOpen.find(c)]);
    if (kClose.find(c) == kNone) return absl::OkStatus();
    if (brackets_.empty() || brackets_.back() != c) {
      return Error(absl::StrCat("unexpected '", std::string(1, c), "'"));
    }
    brackets_.pop_back();
    return absl::OkStatus();
  }

  const std::string source_;
  size_t at_ = 0;
  int line_ = 1;
  bool line_starting_ = true;  // what was read last ended a line
  std::string brackets_;       // the closing ones that are due
  std::vector<Token> tokens_;
};

}  // namespace

absl::StatusOr<std::vector<Token>> Tokenize(std::string_view source) {
  return Lexer(NormalizeNewlines(source)).Run();
}

}  // namespace spacemoe::jinja
