#include <utility>

#include "absl/strings/str_cat.h"
#include "models/tokenizer/bpe.h"
#include "models/tokenizer/gguf_pre_tokenizer.h"
#include "models/tokenizer/sentence_piece_parts.h"
#include "models/tokenizer/tokenizer.h"
#include "models/tokenizer/tokenizer_parts.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status Error(const GgufTokenizerData& data, std::string_view key,
                   std::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat(data.source, ": tokenizer.ggml.", std::string(key), ": ",
                   std::string(message)));
}

bool IsSentencePiece(const GgufTokenizerData& data) {
  return data.model == "llama" || data.model == "t5";
}

absl::Status Validate(const GgufTokenizerData& data) {
  if (data.model != "gpt2" && !IsSentencePiece(data)) {
    return Error(data, "model",
                 absl::StrCat("unknown tokenizer model \"", data.model,
                              "\" (known: gpt2, llama, t5)"));
  }
  const size_t count = data.tokens.size();
  if (count == 0) return Error(data, "tokens", "expected tokens, found none");
  if (!data.token_types.empty() && data.token_types.size() != count) {
    return Error(data, "token_type",
                 absl::StrCat("expected one for each of the ", count,
                              " tokens, found ", data.token_types.size()));
  }
  for (size_t id = 0; id < count; ++id) {
    if (!FindInvalidUtf8(data.tokens[id]).has_value()) continue;
    return Error(data, "tokens", absl::StrCat("token ", id, " is not UTF-8"));
  }
  return absl::OkStatus();
}

absl::StatusOr<SentencePieceModel> SentencePieceOf(
    const GgufTokenizerData& data) {
  const size_t count = data.tokens.size();
  if (data.scores.size() != count) {
    return Error(data, "scores",
                 absl::StrCat("expected one for each of the ", count,
                              " tokens, found ", data.scores.size()));
  }
  SentencePieceModel model;
  model.kind = data.model == "llama" ? SentencePieceKind::kBpe
                                     : SentencePieceKind::kUnigram;
  for (size_t id = 0; id < count; ++id) {
    const auto type = data.token_types.empty()
                          ? GgufTokenType::kNormal
                          : static_cast<GgufTokenType>(data.token_types[id]);
    model.byte_fallback |= type == GgufTokenType::kByte;
    model.pieces.push_back({data.tokens[id], data.scores[id], type});
  }
  model.bos_id = data.bos_id.value_or(-1);
  model.eos_id = data.eos_id.value_or(-1);
  model.charsmap = data.charsmap;
  model.add_dummy_prefix = data.add_space_prefix;
  model.remove_extra_whitespaces = data.remove_extra_whitespaces;
  return model;
}

absl::StatusOr<std::unique_ptr<Tokenizer>> FromSentencePieceData(
    const GgufTokenizerData& data) {
  SPACEMOE_ASSIGN_OR_RETURN(const SentencePieceModel model,
                            SentencePieceOf(data));
  SentencePieceOptions options;
  options.add_bos = data.add_bos;
  options.add_eos = data.add_eos;
  SPACEMOE_ASSIGN_OR_RETURN(
      auto parts, MakeSentencePieceParts(model, options, data.source));
  return std::make_unique<Tokenizer>(std::move(parts));
}

absl::StatusOr<BpeOptions> ModelOf(const GgufTokenizerData& data) {
  BpeOptions options;
  for (size_t id = 0; id < data.tokens.size(); ++id) {
    options.vocabulary.Add(data.tokens[id], static_cast<int32_t>(id));
  }
  for (size_t i = 0; i < data.merges.size(); ++i) {
    auto merge = SplitMerge(data.merges[i]);
    if (!merge.has_value()) {
      return Error(data, "merges",
                   absl::StrCat("merge ", i, ": expected \"a b\", found \"",
                                data.merges[i], "\""));
    }
    options.merges.push_back(*std::move(merge));
  }
  return options;
}

std::vector<AddedToken> AddedTokensOf(const GgufTokenizerData& data) {
  std::vector<AddedToken> added;
  for (size_t id = 0; id < data.token_types.size(); ++id) {
    const auto type = static_cast<GgufTokenType>(data.token_types[id]);
    const bool special =
        type == GgufTokenType::kControl || type == GgufTokenType::kUnknown;
    if (!special && type != GgufTokenType::kUserDefined) continue;
    AddedToken token;
    token.content = data.tokens[id];
    token.id = static_cast<int32_t>(id);
    token.special = special;
    added.push_back(std::move(token));
  }
  return added;
}

absl::Status AppendSpecial(const GgufTokenizerData& data, std::string_view key,
                           const std::optional<int64_t>& id,
                           std::vector<int32_t>* out) {
  const auto count = static_cast<int64_t>(data.tokens.size());
  if (!id.has_value() || *id < 0 || *id >= count) {
    return Error(data, key,
                 absl::StrCat("expected a token id below ", count, ", found ",
                              id.has_value() ? absl::StrCat(*id) : "nothing"));
  }
  out->push_back(static_cast<int32_t>(*id));
  return absl::OkStatus();
}

absl::StatusOr<PostProcessor> PostProcessorOf(const GgufTokenizerData& data) {
  PostProcessor::Template around;
  if (data.add_bos) {
    SPACEMOE_RETURN_IF_ERROR(
        AppendSpecial(data, "bos_token_id", data.bos_id, &around));
  }
  around.push_back(PostProcessor::kText);
  if (data.add_eos) {
    SPACEMOE_RETURN_IF_ERROR(
        AppendSpecial(data, "eos_token_id", data.eos_id, &around));
  }
  return PostProcessor(std::move(around));
}

absl::Status SetPreTokenizer(const GgufTokenizerData& data,
                             TokenizerParts* parts, BpeOptions* options) {
  auto pre = FindGgufPreTokenizer(data.pre, data.add_space_prefix);
  if (!pre.ok()) {
    return Error(data, "pre", std::string(pre.status().message()));
  }
  parts->pre_tokenizer = std::move(pre->pre_tokenizer);
  if (pre->nfc) parts->normalizer = NfcNormalizer();
  options->ignore_merges = pre->ignore_merges;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tokenizer>> Tokenizer::FromGguf(
    const GgufTokenizerData& data) {
  SPACEMOE_RETURN_IF_ERROR(Validate(data));
  if (IsSentencePiece(data)) return FromSentencePieceData(data);
  auto parts = std::make_unique<TokenizerParts>();
  SPACEMOE_ASSIGN_OR_RETURN(BpeOptions options, ModelOf(data));
  SPACEMOE_RETURN_IF_ERROR(SetPreTokenizer(data, parts.get(), &options));
  auto bpe = Bpe::Create(std::move(options));
  if (!bpe.ok()) {
    return Error(data, "merges", std::string(bpe.status().message()));
  }
  parts->model = *std::move(bpe);
  SPACEMOE_ASSIGN_OR_RETURN(parts->post_processor, PostProcessorOf(data));
  SPACEMOE_ASSIGN_OR_RETURN(
      parts->added_tokens,
      AddedTokens::Create(AddedTokensOf(data), parts->normalizer));
  parts->decoder = ByteLevelDecoder();
  return std::make_unique<Tokenizer>(std::move(parts));
}

}  // namespace spacemoe
