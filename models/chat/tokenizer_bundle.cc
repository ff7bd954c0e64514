#include "models/chat/tokenizer_bundle.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::StatusOr<ChatTemplate> ParseTemplateOf(const TokenizerFiles& files) {
  if (files.chat_template.empty()) {
    return absl::NotFoundError(
        absl::StrCat(files.source, ": there is no chat template"));
  }
  return ChatTemplate::Parse(files.chat_template,
                             absl::StrCat(files.source, ": chat template"));
}

absl::StatusOr<std::unique_ptr<Tokenizer>> MakeTokenizer(
    const TokenizerFiles& files) {
  if (files.gguf.has_value()) return Tokenizer::FromGguf(*files.gguf);
  if (files.sentence_piece.has_value()) {
    return Tokenizer::FromSentencePiece(*files.sentence_piece);
  }
  return Tokenizer::FromJson(files.tokenizer_json, files.source);
}

}  // namespace

absl::StatusOr<TokenizerBundle> TokenizerBundle::Open(const std::string& path) {
  SPACEMOE_ASSIGN_OR_RETURN(const TokenizerFiles files,
                            ReadTokenizerFiles(path));
  return Create(files);
}

absl::StatusOr<TokenizerBundle> TokenizerBundle::Create(
    const TokenizerFiles& files) {
  auto tokenizer = MakeTokenizer(files);
  if (!tokenizer.ok()) return tokenizer.status();
  return TokenizerBundle(*std::move(tokenizer), ParseTemplateOf(files),
                         files.special_tokens);
}

absl::StatusOr<std::string> TokenizerBundle::Render(ChatInput input) const {
  if (!chat_template_.ok()) return chat_template_.status();
  input.special_tokens.insert(special_tokens_.begin(), special_tokens_.end());
  return chat_template_->RenderChat(input);
}

}  // namespace spacemoe
