#include "models/tokenizer/sentence_piece_parts.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/tokenizer/charsmap.h"
#include "models/tokenizer/decode_stages.h"
#include "models/tokenizer/sentence_piece_bpe.h"
#include "models/tokenizer/unigram.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr char kMark[] = "\u2581";

absl::Status Error(const std::string& source, std::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat(source, ": ", std::string(message)));
}

// Takes a space off the end of `text`, or the mark that will stand for one.
bool TakeLastSpace(std::string* text) {
  const bool mark = text->ends_with(kMark);
  if (!mark && !text->ends_with(' ')) return false;
  text->resize(text->size() - (mark ? std::strlen(kMark) : 1));
  return true;
}

// No spaces at the ends, one between words. As in sentencepiece marks that the
// text itself has count as spaces at the end.
std::string CollapseSpaces(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' && (out.empty() || out.ends_with(' '))) continue;
    out.push_back(c);
  }
  while (TakeLastSpace(&out)) {
  }
  return out;
}

absl::StatusOr<Normalizer> NormalizerOf(const SentencePieceModel& model,
                                        const std::string& source) {
  std::vector<Normalizer> steps;
  if (!model.charsmap.empty()) {
    auto charsmap = Charsmap::Create(model.charsmap);
    if (!charsmap.ok()) {
      return Error(source, std::string(charsmap.status().message()));
    }
    steps.push_back([charsmap = *std::move(charsmap)](const std::string& text)
                        -> absl::StatusOr<std::string> {
      return ApplyLongest(*charsmap, text);
    });
  }
  if (model.remove_extra_whitespaces) {
    steps.push_back([](const std::string& text) -> absl::StatusOr<std::string> {
      return CollapseSpaces(text);
    });
  }
  return steps.empty() ? Normalizer() : ChainNormalizer(std::move(steps));
}

std::string SpacesToMarks(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ') {
      out += kMark;
    } else {
      out.push_back(c);
    }
  }
  return out;
}

// The dummy prefix, then spaces to marks.
PreTokenizer PreTokenizerOf(const SentencePieceModel& model,
                            bool prefix_every_section) {
  return
      [prefix = model.add_dummy_prefix, prefix_every_section,
       escape = model.escape_whitespaces,
       suffix = model.treat_whitespace_as_suffix](std::vector<Piece>* pieces) {
        for (Piece& piece : *pieces) {
          const bool here = prefix && !piece.text.empty() &&
                            (prefix_every_section || piece.at_start);
          if (here) piece.text.insert(suffix ? piece.text.size() : 0, 1, ' ');
          if (escape) piece.text = SpacesToMarks(piece.text);
        }
        return absl::OkStatus();
      };
}

bool IsReachable(SentencePieceType type) {
  return type == SentencePieceType::kNormal ||
         type == SentencePieceType::kUserDefined;
}

absl::StatusOr<std::unique_ptr<TokenModel>> UnigramOf(
    const SentencePieceModel& model, const std::string& source) {
  UnigramOptions options;
  options.byte_fallback = model.byte_fallback;
  for (size_t i = 0; i < model.pieces.size(); ++i) {
    const auto& [text, score, type] = model.pieces[i];
    const auto id = static_cast<int32_t>(i);
    options.pieces.push_back(text);
    options.scores.push_back(score);
    if (type == SentencePieceType::kUnknown) options.unk_id = id;
    if (!IsReachable(type)) options.unreachable.insert(id);
  }
  auto unigram = Unigram::Create(std::move(options));
  if (!unigram.ok()) {
    return Error(source, std::string(unigram.status().message()));
  }
  return std::unique_ptr<TokenModel>(*std::move(unigram));
}

absl::StatusOr<std::unique_ptr<TokenModel>> ModelOf(
    const SentencePieceModel& model, const std::string& source) {
  switch (model.kind) {
    case SentencePieceKind::kUnigram:
      return UnigramOf(model, source);
    case SentencePieceKind::kBpe:
      return std::unique_ptr<TokenModel>(new SentencePieceBpe(model));
    case SentencePieceKind::kWord:
    case SentencePieceKind::kChar:
      break;
  }
  return absl::UnimplementedError(absl::StrCat(
      source, ": unknown SentencePiece model type ",
      static_cast<int64_t>(model.kind), " (known: 1, Unigram; 2, BPE)"));
}

std::vector<AddedToken> AddedTokensOf(const SentencePieceModel& model,
                                      const std::vector<AddedToken>& more) {
  absl::flat_hash_set<std::string> replaced;
  for (const AddedToken& token : more) replaced.insert(token.content);
  std::vector<AddedToken> added;
  for (size_t i = 0; i < model.pieces.size(); ++i) {
    const auto& [text, score, type] = model.pieces[i];
    const bool special = type == SentencePieceType::kControl ||
                         type == SentencePieceType::kUnknown;
    if (!special && type != SentencePieceType::kUserDefined) continue;
    if (replaced.contains(text)) continue;
    AddedToken token;
    token.content = text;
    token.id = static_cast<int32_t>(i);
    token.special = special;
    added.push_back(std::move(token));
  }
  added.insert(added.end(), more.begin(), more.end());
  return added;
}

absl::Status AppendSpecial(const SentencePieceModel& model, int64_t id,
                           std::string_view name, const std::string& source,
                           std::vector<int32_t>* out) {
  const auto count = static_cast<int64_t>(model.pieces.size());
  if (id < 0 || id >= count) {
    return Error(source, absl::StrCat("the ", std::string(name),
                                      " id: expected one "
                                      "below ",
                                      count, ", found ", id));
  }
  out->push_back(static_cast<int32_t>(id));
  return absl::OkStatus();
}

absl::StatusOr<PostProcessor> PostProcessorOf(
    const SentencePieceModel& model, const SentencePieceOptions& options,
    const std::string& source) {
  PostProcessor::Template around;
  if (options.add_bos) {
    SPACEMOE_RETURN_IF_ERROR(
        AppendSpecial(model, model.bos_id, "bos", source, &around));
  }
  around.push_back(PostProcessor::kText);
  if (options.add_eos) {
    SPACEMOE_RETURN_IF_ERROR(
        AppendSpecial(model, model.eos_id, "eos", source, &around));
  }
  return PostProcessor(std::move(around));
}

Decoder DecoderOf(const SentencePieceModel& model) {
  Decoder decoder;
  const Pattern mark = LiteralPattern(kMark);
  if (model.escape_whitespaces) {
    decoder.Append([mark] { return NewReplaceStage(mark, " "); });
  }
  decoder.Append(NewByteFallbackStage);
  decoder.Append(NewFuseStage);
  constexpr int64_t kAll = INT64_MAX;
  const int64_t spaces = model.remove_extra_whitespaces ? kAll
                         : model.add_dummy_prefix       ? 1
                                                        : 0;
  decoder.Append([spaces] { return NewStripStartStage(' ', spaces); });
  return decoder;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenizerParts>> MakeSentencePieceParts(
    const SentencePieceModel& model, const SentencePieceOptions& options,
    const std::string& source) {
  auto parts = std::make_unique<TokenizerParts>();
  SPACEMOE_ASSIGN_OR_RETURN(parts->model, ModelOf(model, source));
  SPACEMOE_ASSIGN_OR_RETURN(parts->normalizer, NormalizerOf(model, source));
  parts->pre_tokenizer = PreTokenizerOf(model, options.prefix_every_section);
  SPACEMOE_ASSIGN_OR_RETURN(parts->post_processor,
                            PostProcessorOf(model, options, source));
  SPACEMOE_ASSIGN_OR_RETURN(
      parts->added_tokens,
      AddedTokens::Create(AddedTokensOf(model, options.added),
                          parts->normalizer));
  parts->decoder = DecoderOf(model);
  return parts;
}

}  // namespace spacemoe
