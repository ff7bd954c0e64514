#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "models/tokenizer/json_field.h"
#include "models/tokenizer/sentence_piece_model.h"
#include "models/tokenizer/sentence_piece_parts.h"
#include "models/tokenizer/tokenizer.h"
#include "models/tokenizer/tokenizer_parts.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

std::string Beside(const SentencePieceFiles& files, std::string_view name) {
  return absl::StrCat(files.source, "'s ", std::string(name));
}

void SetToken(AddedToken token, std::vector<AddedToken>* tokens) {
  for (AddedToken& other : *tokens) {
    if (other.content != token.content) continue;
    other = std::move(token);
    return;
  }
  tokens->push_back(std::move(token));
}

// {"32000": {"content": "<tool>", "special": true, ...}, ...}
absl::Status ReadAddedTokensDecoder(const JsonField& field,
                                    std::vector<AddedToken>* tokens) {
  if (field.IsNull()) return absl::OkStatus();
  SPACEMOE_RETURN_IF_ERROR(field.ExpectObject());
  for (const auto& [id, value] : field.value().items()) {
    const JsonField entry = field[id];
    int64_t number = 0;
    if (!absl::SimpleAtoi(id, &number) || number < 0 || number > kMaxTokenId) {
      return entry.Error("expected a token id as the name");
    }
    SPACEMOE_ASSIGN_OR_RETURN(AddedToken token, ParseAddedToken(entry));
    token.id = static_cast<int32_t>(number);
    SetToken(std::move(token), tokens);
  }
  return absl::OkStatus();
}

// {"<tool>": 32000, ...}
absl::Status ReadAddedTokensFile(const SentencePieceFiles& files,
                                 std::vector<AddedToken>* tokens) {
  if (files.added_tokens_json.empty()) return absl::OkStatus();
  const std::string source = Beside(files, "added_tokens.json");
  SPACEMOE_ASSIGN_OR_RETURN(const auto document,
                            ParseJson(files.added_tokens_json, source));
  const JsonField root(document, source);
  SPACEMOE_RETURN_IF_ERROR(root.ExpectObject());
  for (const auto& [content, value] : document.items()) {
    AddedToken token;
    token.content = content;
    token.normalized = true;
    SPACEMOE_ASSIGN_OR_RETURN(const int64_t id,
                              root[content].Integer(0, kMaxTokenId));
    token.id = static_cast<int32_t>(id);
    SetToken(std::move(token), tokens);
  }
  return absl::OkStatus();
}

absl::Status ReadConfig(const SentencePieceFiles& files,
                        SentencePieceModel* model,
                        SentencePieceOptions* options) {
  if (files.tokenizer_config_json.empty()) return absl::OkStatus();
  const std::string source = Beside(files, "tokenizer_config.json");
  SPACEMOE_ASSIGN_OR_RETURN(const auto document,
                            ParseJson(files.tokenizer_config_json, source));
  const JsonField root(document, source);
  SPACEMOE_RETURN_IF_ERROR(root.ExpectObject());
  SPACEMOE_ASSIGN_OR_RETURN(options->add_bos,
                            root["add_bos_token"].BoolOr(options->add_bos));
  SPACEMOE_ASSIGN_OR_RETURN(options->add_eos,
                            root["add_eos_token"].BoolOr(options->add_eos));
  SPACEMOE_ASSIGN_OR_RETURN(options->prefix_every_section,
                            root["legacy"].BoolOr(true));
  SPACEMOE_ASSIGN_OR_RETURN(
      model->add_dummy_prefix,
      root["add_prefix_space"].BoolOr(model->add_dummy_prefix));
  return ReadAddedTokensDecoder(root["added_tokens_decoder"], &options->added);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tokenizer>> Tokenizer::FromSentencePiece(
    const SentencePieceFiles& files) {
  SPACEMOE_ASSIGN_OR_RETURN(SentencePieceModel model,
                            ParseSentencePieceModel(files.model, files.source));
  const bool bpe = model.kind == SentencePieceKind::kBpe;
  SentencePieceOptions options;
  options.add_bos = bpe && model.bos_id >= 0;
  options.add_eos = !bpe && model.bos_id < 0 && model.eos_id >= 0;
  SPACEMOE_RETURN_IF_ERROR(ReadAddedTokensFile(files, &options.added));
  SPACEMOE_RETURN_IF_ERROR(ReadConfig(files, &model, &options));
  SPACEMOE_ASSIGN_OR_RETURN(
      auto parts, MakeSentencePieceParts(model, options, files.source));
  return std::make_unique<Tokenizer>(std::move(parts));
}

}  // namespace spacemoe
