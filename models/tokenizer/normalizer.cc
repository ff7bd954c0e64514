#include "models/tokenizer/normalizer.h"

#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "models/tokenizer/byte_level.h"
#include "models/tokenizer/charsmap.h"
#include "models/tokenizer/pattern.h"
#include "models/tokenizer/text_mappings.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int kMaxDepth = 16;
constexpr size_t kMaxGrowth = 16;
constexpr size_t kGrowthAllowance = size_t{1} << 20;
constexpr char kKnown[] =
    "NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Replace, Prepend, "
    "ByteLevel, BertNormalizer, Nmt, Precompiled, Sequence";

Normalizer FormNormalizer(UnicodeForm form) {
  return [form](const std::string& text) { return ToUnicodeForm(text, form); };
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

absl::StatusOr<Normalizer> ParseBert(const JsonField& field) {
  BertOptions options;
  SPACEMOE_ASSIGN_OR_RETURN(options.clean_text,
                            field["clean_text"].BoolOr(true));
  SPACEMOE_ASSIGN_OR_RETURN(options.handle_chinese_chars,
                            field["handle_chinese_chars"].BoolOr(true));
  SPACEMOE_ASSIGN_OR_RETURN(options.lowercase, field["lowercase"].BoolOr(true));
  SPACEMOE_ASSIGN_OR_RETURN(options.strip_accents,
                            field["strip_accents"].BoolOr(options.lowercase));
  return [options](const std::string& text) {
    return NormalizeForBert(text, options);
  };
}

// {"precompiled_charsmap": "base64"}
absl::StatusOr<Normalizer> ParsePrecompiled(const JsonField& field) {
  const JsonField charsmap_field = field["precompiled_charsmap"];
  if (charsmap_field.IsNull()) return ChainNormalizer({});
  SPACEMOE_ASSIGN_OR_RETURN(const std::string base64, charsmap_field.String());
  if (base64.empty()) return ChainNormalizer({});
  std::string blob;
  if (!absl::Base64Unescape(base64, &blob)) {
    return charsmap_field.Error("expected base64");
  }
  auto charsmap = Charsmap::Create(blob);
  if (!charsmap.ok()) {
    return charsmap_field.Error(std::string(charsmap.status().message()));
  }
  return [charsmap = *std::move(charsmap)](
             const std::string& text) -> absl::StatusOr<std::string> {
    return ApplyByGrapheme(*charsmap, text);
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
  return ChainNormalizer(std::move(steps));
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
  if (type == "NFD") return FormNormalizer(UnicodeForm::kNfd);
  if (type == "NFKC") return FormNormalizer(UnicodeForm::kNfkc);
  if (type == "NFKD") return FormNormalizer(UnicodeForm::kNfkd);
  if (type == "Lowercase") return Plain(ToLowerCase);
  if (type == "StripAccents") return Plain(RemoveMarks);
  if (type == "ByteLevel") return Plain(ToAlphabet);
  if (type == "Nmt") return Plain(CleanForNmt);
  if (type == "BertNormalizer") return ParseBert(field);
  if (type == "Precompiled") return ParsePrecompiled(field);
  if (type == "Strip") return ParseStrip(field);
  if (type == "Replace") return ParseReplace(field);
  if (type == "Prepend") return ParsePrepend(field);
  if (type == "Sequence") return ParseSequence(field, depth);
  return type_field.Unknown("normalizer type", type, kKnown);
}

}  // namespace

Normalizer ChainNormalizer(std::vector<Normalizer> steps) {
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

Normalizer NfcNormalizer() { return FormNormalizer(UnicodeForm::kNfc); }

absl::StatusOr<Normalizer> ParseNormalizer(const JsonField& field) {
  if (field.IsNull()) return Normalizer();
  return Parse(field, 0);
}

}  // namespace spacemoe
