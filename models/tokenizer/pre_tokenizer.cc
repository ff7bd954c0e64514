#include "models/tokenizer/pre_tokenizer.h"

#include <utility>

#include "models/tokenizer/byte_level.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int kMaxDepth = 16;
constexpr int kMaxFixedLength = 1 << 20;
constexpr char kKnown[] =
    "ByteLevel, Split, Digits, Whitespace, WhitespaceSplit, Punctuation, "
    "BertPreTokenizer, CharDelimiterSplit, Metaspace, FixedLength, Sequence";

void CutPiece(const Piece& piece, const std::vector<Span>& spans,
              std::vector<Piece>* out) {
  for (const Span& span : spans) {
    out->push_back({piece.text.substr(span.begin, span.end - span.begin),
                    piece.at_start && span.begin == 0});
  }
}

PreTokenizer SplitCharacters(bool (*predicate)(char32_t),
                             SplitBehavior behavior) {
  return SplitPreTokenizer(CharacterPattern(predicate), behavior, false);
}

// Changes each piece in place.
template <typename Edit>
PreTokenizer EditPieces(Edit edit) {
  return [edit](std::vector<Piece>* pieces) {
    for (Piece& piece : *pieces) edit(&piece);
    return absl::OkStatus();
  };
}

absl::StatusOr<PreTokenizer> ParseByteLevel(const JsonField& field) {
  SPACEMOE_ASSIGN_OR_RETURN(const bool add_space,
                            field["add_prefix_space"].BoolOr(true));
  SPACEMOE_ASSIGN_OR_RETURN(const bool use_regex,
                            field["use_regex"].BoolOr(true));
  std::vector<PreTokenizer> steps;
  if (add_space) {
    steps.push_back(EditPieces([](Piece* piece) {
      if (!piece->text.starts_with(' ')) piece->text.insert(0, 1, ' ');
    }));
  }
  if (use_regex) {
    SPACEMOE_ASSIGN_OR_RETURN(auto regex, Regex::Compile(kGpt2Pattern));
    steps.push_back(SplitPreTokenizer(RegexPattern(std::move(regex)),
                                      SplitBehavior::kIsolated, false));
  }
  steps.push_back(ByteAlphabetPreTokenizer());
  return SequencePreTokenizer(std::move(steps));
}

absl::StatusOr<PreTokenizer> ParseSplit(const JsonField& field) {
  SPACEMOE_ASSIGN_OR_RETURN(Pattern pattern, ParsePattern(field["pattern"]));
  SPACEMOE_ASSIGN_OR_RETURN(
      const SplitBehavior behavior,
      ParseSplitBehavior(field["behavior"], SplitBehavior::kIsolated));
  SPACEMOE_ASSIGN_OR_RETURN(const bool invert, field["invert"].BoolOr(false));
  return SplitPreTokenizer(std::move(pattern), behavior, invert);
}

absl::StatusOr<PreTokenizer> ParseDigits(const JsonField& field) {
  SPACEMOE_ASSIGN_OR_RETURN(const bool individual,
                            field["individual_digits"].BoolOr(false));
  return SplitCharacters(IsNumeric, individual ? SplitBehavior::kIsolated
                                               : SplitBehavior::kContiguous);
}

absl::StatusOr<PreTokenizer> ParsePunctuation(const JsonField& field) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const SplitBehavior behavior,
      ParseSplitBehavior(field["behavior"], SplitBehavior::kIsolated));
  return SplitCharacters(IsPunctuation, behavior);
}

// Word characters together; everything else but spaces together.
absl::StatusOr<std::vector<Span>> FindWords(std::string_view text) {
  std::vector<Span> words;
  enum class Kind { kSpace, kWord, kOther } previous = Kind::kSpace;
  ForEachCodePoint(text, [&](CodePoint point, size_t at) {
    const Kind kind = IsWordCharacter(point.value) ? Kind::kWord
                      : IsWhitespace(point.value)  ? Kind::kSpace
                                                   : Kind::kOther;
    if (kind != Kind::kSpace && kind != previous) words.push_back({at, at});
    if (kind != Kind::kSpace) words.back().end = at + point.length;
    previous = kind;
  });
  return words;
}

PreTokenizer MakeWhitespace() {
  return SplitPreTokenizer(FindWords, SplitBehavior::kRemoved, true);
}

PreTokenizer MakeBert() {
  return SequencePreTokenizer(
      {SplitCharacters(IsWhitespace, SplitBehavior::kRemoved),
       SplitCharacters(IsPunctuation, SplitBehavior::kIsolated)});
}

absl::StatusOr<PreTokenizer> ParseDelimiter(const JsonField& field) {
  SPACEMOE_ASSIGN_OR_RETURN(std::string delimiter, field["delimiter"].String());
  return SplitPreTokenizer(LiteralPattern(std::move(delimiter)),
                           SplitBehavior::kRemoved, false);
}

enum class PrependScheme { kAlways, kFirst, kNever };

absl::StatusOr<PrependScheme> ParsePrependScheme(const JsonField& field) {
  const JsonField scheme = field["prepend_scheme"];
  if (scheme.IsNull()) {
    SPACEMOE_ASSIGN_OR_RETURN(const bool add,
                              field["add_prefix_space"].BoolOr(true));
    return add ? PrependScheme::kAlways : PrependScheme::kNever;
  }
  SPACEMOE_ASSIGN_OR_RETURN(const std::string name, scheme.String());
  if (name == "always") return PrependScheme::kAlways;
  if (name == "first") return PrependScheme::kFirst;
  if (name == "never") return PrependScheme::kNever;
  return scheme.Unknown("prepend scheme", name, "always, first, never");
}

std::string SpacesTo(const std::string& text, const std::string& replacement) {
  std::string out;
  for (const char c : text) {
    if (c == ' ') {
      out += replacement;
    } else {
      out.push_back(c);
    }
  }
  return out;
}

PreTokenizer ReplaceSpaces(std::string mark, PrependScheme scheme) {
  return EditPieces([mark = std::move(mark), scheme](Piece* piece) {
    piece->text = SpacesTo(piece->text, mark);
    const bool wanted = scheme == PrependScheme::kAlways ||
                        (scheme == PrependScheme::kFirst && piece->at_start);
    if (wanted && !piece->text.starts_with(mark)) piece->text.insert(0, mark);
  });
}

absl::StatusOr<PreTokenizer> ParseMetaspace(const JsonField& field) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string mark,
                            field["replacement"].StringOr("\u2581"));
  SPACEMOE_ASSIGN_OR_RETURN(const PrependScheme scheme,
                            ParsePrependScheme(field));
  SPACEMOE_ASSIGN_OR_RETURN(const bool split, field["split"].BoolOr(true));
  std::vector<PreTokenizer> steps = {ReplaceSpaces(mark, scheme)};
  if (split) {
    steps.push_back(SplitPreTokenizer(LiteralPattern(mark),
                                      SplitBehavior::kMergedWithNext, false));
  }
  return SequencePreTokenizer(std::move(steps));
}

std::vector<Span> Chunks(std::string_view text, int64_t characters) {
  std::vector<Span> spans;
  int64_t count = 0;
  ForEachCodePoint(text, [&](CodePoint point, size_t at) {
    if (count++ % characters == 0) spans.push_back({at, at});
    spans.back().end = at + point.length;
  });
  return spans;
}

absl::StatusOr<PreTokenizer> ParseFixedLength(const JsonField& field) {
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t length,
                            field["length"].Integer(1, kMaxFixedLength));
  return [length](std::vector<Piece>* pieces) {
    std::vector<Piece> out;
    for (const Piece& piece : *pieces) {
      CutPiece(piece, Chunks(piece.text, length), &out);
    }
    *pieces = std::move(out);
    return absl::OkStatus();
  };
}

absl::StatusOr<PreTokenizer> Parse(const JsonField& field, int depth);

absl::StatusOr<PreTokenizer> ParseSequence(const JsonField& field, int depth) {
  if (depth >= kMaxDepth) return field.Error("nested too deeply");
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, field["pretokenizers"].Array());
  std::vector<PreTokenizer> steps;
  for (const JsonField& item : items) {
    SPACEMOE_ASSIGN_OR_RETURN(PreTokenizer step, Parse(item, depth + 1));
    steps.push_back(std::move(step));
  }
  return SequencePreTokenizer(std::move(steps));
}

absl::StatusOr<PreTokenizer> Parse(const JsonField& field, int depth) {
  const JsonField type_field = field["type"];
  SPACEMOE_ASSIGN_OR_RETURN(const std::string type, type_field.String());
  if (type == "ByteLevel") return ParseByteLevel(field);
  if (type == "Split") return ParseSplit(field);
  if (type == "Digits") return ParseDigits(field);
  if (type == "Whitespace") return MakeWhitespace();
  if (type == "WhitespaceSplit") {
    return SplitCharacters(IsWhitespace, SplitBehavior::kRemoved);
  }
  if (type == "Punctuation") return ParsePunctuation(field);
  if (type == "BertPreTokenizer") return MakeBert();
  if (type == "CharDelimiterSplit") return ParseDelimiter(field);
  if (type == "Metaspace") return ParseMetaspace(field);
  if (type == "FixedLength") return ParseFixedLength(field);
  if (type == "Sequence") return ParseSequence(field, depth);
  return type_field.Unknown("pre-tokenizer type", type, kKnown);
}

}  // namespace

PreTokenizer SplitPreTokenizer(Pattern pattern, SplitBehavior behavior,
                               bool invert) {
  return [pattern = std::move(pattern), behavior,
          invert](std::vector<Piece>* pieces) -> absl::Status {
    std::vector<Piece> out;
    for (const Piece& piece : *pieces) {
      SPACEMOE_ASSIGN_OR_RETURN(const auto matches, pattern(piece.text));
      CutPiece(piece, SplitAt(matches, piece.text.size(), behavior, invert),
               &out);
    }
    *pieces = std::move(out);
    return absl::OkStatus();
  };
}

PreTokenizer ByteAlphabetPreTokenizer() {
  return EditPieces(
      [](Piece* piece) { piece->text = BytesToAlphabet(piece->text); });
}

PreTokenizer SequencePreTokenizer(std::vector<PreTokenizer> steps) {
  return [steps = std::move(steps)](std::vector<Piece>* pieces) {
    for (const PreTokenizer& step : steps) {
      SPACEMOE_RETURN_IF_ERROR(step(pieces));
    }
    return absl::OkStatus();
  };
}

absl::StatusOr<PreTokenizer> ParsePreTokenizer(const JsonField& field) {
  if (field.IsNull()) return SequencePreTokenizer({});
  return Parse(field, 0);
}

}  // namespace spacemoe
