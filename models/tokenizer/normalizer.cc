#include "models/tokenizer/normalizer.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/tokenizer/byte_level.h"
#include "models/tokenizer/pattern.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int kMaxDepth = 16;
constexpr size_t kMaxGrowth = 16;
constexpr size_t kGrowthAllowance = size_t{1} << 20;
constexpr char kKnown[] =
    "NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Replace, Prepend, "
    "ByteLevel, Sequence";

absl::StatusOr<std::string> MapUnicode(const std::string& text, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                   static_cast<utf8proc_option_t>(options | UTF8PROC_STABLE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(
      mapped, &std::free);
  if (length < 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "Unicode normalization failed: ", utf8proc_errmsg(length)));
  }
  return std::string(reinterpret_cast<char*>(mapped),
                     static_cast<size_t>(length));
}

Normalizer UnicodeForm(int options) {
  return [options](const std::string& text) -> absl::StatusOr<std::string> {
    if (text.empty()) return text;
    return MapUnicode(text, options);
  };
}

std::string LowerCaseText(const std::string& text) {
  std::string out;
  ForEachCodePoint(text, [&](CodePoint point, size_t) {
    for (const char32_t c : LowerCase(point.value)) AppendUtf8(c, &out);
  });
  return out;
}

std::string RemoveMarks(const std::string& text) {
  std::string out;
  ForEachCodePoint(text, [&](CodePoint point, size_t at) {
    if (!IsNonSpacingMark(point.value)) out.append(text, at, point.length);
  });
  return out;
}

std::string StripSpaces(const std::string& text, bool left, bool right) {
  size_t begin = text.size();
  size_t end = 0;
  ForEachCodePoint(text, [&](CodePoint point, size_t at) {
    if (IsWhitespace(point.value)) return;
    if (begin == text.size()) begin = at;
    end = at + point.length;
  });
  if (!left) begin = 0;
  if (!right) end = text.size();
  return begin < end ? text.substr(begin, end - begin) : std::string();
}

size_t GrowthLimit(size_t size) { return size * kMaxGrowth + kGrowthAllowance; }

absl::Status GrowthError(size_t size) {
  return absl::InvalidArgumentError(
      absl::StrCat("the normalizer makes a text of ", size,
                   " bytes longer than ", GrowthLimit(size), " bytes"));
}

absl::StatusOr<std::string> ReplaceAll(const Pattern& pattern,
                                       const std::string& content,
                                       const std::string& text) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto matches, pattern(text));
  std::string out;
  size_t end = 0;
  for (const Span& match : matches) {
    out.append(text, end, match.begin - end);
    out.append(content);
    end = match.end;
    if (out.size() > GrowthLimit(text.size())) return GrowthError(text.size());
  }
  out.append(text, end);
  return out;
}

absl::StatusOr<Normalizer> ParseReplace(const JsonField& field) {
  SPACEMOE_ASSIGN_OR_RETURN(Pattern pattern, ParsePattern(field["pattern"]));
  SPACEMOE_ASSIGN_OR_RETURN(std::string content, field["content"].String());
  return [pattern, content](const std::string& text) {
    return ReplaceAll(pattern, content, text);
  };
}

absl::StatusOr<Normalizer> ParsePrepend(const JsonField& field) {
  SPACEMOE_ASSIGN_OR_RETURN(std::string prefix, field["prepend"].String());
  return [prefix](const std::string& text) -> absl::StatusOr<std::string> {
    return text.empty() ? text : prefix + text;
  };
}

absl::StatusOr<Normalizer> ParseStrip(const JsonField& field) {
  SPACEMOE_ASSIGN_OR_RETURN(const bool left, field["strip_left"].BoolOr(true));
  SPACEMOE_ASSIGN_OR_RETURN(const bool right,
                            field["strip_right"].BoolOr(true));
  return [left, right](const std::string& text) -> absl::StatusOr<std::string> {
    return StripSpaces(text, left, right);
  };
}

Normalizer Chain(std::vector<Normalizer> steps) {
  return [steps = std::move(steps)](
             const std::string& text) -> absl::StatusOr<std::string> {
    std::string current = text;
    for (const Normalizer& step : steps) {
      SPACEMOE_ASSIGN_OR_RETURN(current, step(current));
      if (current.size() > GrowthLimit(text.size())) {
        return GrowthError(text.size());
      }
    }
    return current;
  };
}

absl::StatusOr<Normalizer> Parse(const JsonField& field, int depth);

absl::StatusOr<Normalizer> ParseSequence(const JsonField& field, int depth) {
  if (depth >= kMaxDepth) return field.Error("nested too deeply");
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, field["normalizers"].Array());
  std::vector<Normalizer> steps;
  for (const JsonField& item : items) {
    SPACEMOE_ASSIGN_OR_RETURN(Normalizer step, Parse(item, depth + 1));
    steps.push_back(std::move(step));
  }
  return Chain(std::move(steps));
}

Normalizer Plain(std::string (*function)(const std::string&)) {
  return [function](const std::string& text) -> absl::StatusOr<std::string> {
    return function(text);
  };
}

std::string ToAlphabet(const std::string& text) {
  return BytesToAlphabet(text);
}

absl::StatusOr<Normalizer> Parse(const JsonField& field, int depth) {
  const JsonField type_field = field["type"];
  SPACEMOE_ASSIGN_OR_RETURN(const std::string type, type_field.String());
  if (type == "NFC") return NfcNormalizer();
  if (type == "NFD") return UnicodeForm(UTF8PROC_DECOMPOSE);
  if (type == "NFKC") return UnicodeForm(UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
  if (type == "NFKD") return UnicodeForm(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);
  if (type == "Lowercase") return Plain(LowerCaseText);
  if (type == "StripAccents") return Plain(RemoveMarks);
  if (type == "ByteLevel") return Plain(ToAlphabet);
  if (type == "Strip") return ParseStrip(field);
  if (type == "Replace") return ParseReplace(field);
  if (type == "Prepend") return ParsePrepend(field);
  if (type == "Sequence") return ParseSequence(field, depth);
  return type_field.Unknown("normalizer type", type, kKnown);
}

}  // namespace

Normalizer NfcNormalizer() { return UnicodeForm(UTF8PROC_COMPOSE); }

absl::StatusOr<Normalizer> ParseNormalizer(const JsonField& field) {
  if (field.IsNull()) return Normalizer();
  return Parse(field, 0);
}

}  // namespace spacemoe
