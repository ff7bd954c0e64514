#include "models/chat/tokenizer_bundle.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::StatusOr<ChatTemplate> ParseTemplate(const std::string& text,
                                           const std::string& source) {
  if (text.empty()) {
    return absl::NotFoundError(
        absl::StrCat(source, ": there is no chat template"));
  }
  return ChatTemplate::Parse(text, absl::StrCat(source, ": chat template"));
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
  const std::string& for_tools = files.tool_use_template.empty()
                                     ? files.chat_template
                                     : files.tool_use_template;
  return TokenizerBundle(
      *std::move(tokenizer), ParseTemplate(files.chat_template, files.source),
      ParseTemplate(for_tools, files.source), files.special_tokens);
}

absl::StatusOr<std::string> TokenizerBundle::Render(ChatInput input) const {
  const auto& chosen =
      input.tools.is_null() ? chat_template_ : tool_use_template_;
  if (!chosen.ok()) return chosen.status();
  input.special_tokens.insert(special_tokens_.begin(), special_tokens_.end());
  return chosen->RenderChat(input);
}

}  // namespace spacemoe
