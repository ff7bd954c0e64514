#include <utility>

#include "absl/strings/str_cat.h"
#include "models/tokenizer/json_field.h"
#include "models/tokenizer/tokenizer.h"
#include "models/tokenizer/tokenizer_parts.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status ParseParts(const JsonField& root, TokenizerParts* parts) {
  SPACEMOE_RETURN_IF_ERROR(root.ExpectObject());
  SPACEMOE_ASSIGN_OR_RETURN(parts->model, ParseTokenModel(root["model"]));
  SPACEMOE_ASSIGN_OR_RETURN(parts->normalizer,
                            ParseNormalizer(root["normalizer"]));
  SPACEMOE_ASSIGN_OR_RETURN(parts->pre_tokenizer,
                            ParsePreTokenizer(root["pre_tokenizer"]));
  SPACEMOE_ASSIGN_OR_RETURN(parts->post_processor,
                            ParsePostProcessor(root["post_processor"]));
  SPACEMOE_ASSIGN_OR_RETURN(parts->decoder, ParseDecoder(root["decoder"]));
  SPACEMOE_ASSIGN_OR_RETURN(
      auto added,
      ParseAddedTokens(root["added_tokens"], parts->model->vocabulary()));
  SPACEMOE_ASSIGN_OR_RETURN(
      parts->added_tokens,
      AddedTokens::Create(std::move(added), parts->normalizer));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tokenizer>> Tokenizer::FromJson(
    std::string_view text, const std::string& source) {
  SPACEMOE_ASSIGN_OR_RETURN(const nlohmann::json document,
                            ParseJson(text, source));
  auto parts = std::make_unique<TokenizerParts>();
  SPACEMOE_RETURN_IF_ERROR(
      ParseParts(JsonField(document, source), parts.get()));
  return std::make_unique<Tokenizer>(std::move(parts));
}

absl::StatusOr<std::unique_ptr<Tokenizer>> Tokenizer::FromJsonFile(
    const std::string& path) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path));
  return FromJson(text, path);
}

}  // namespace spacemoe
