// A checkpoint's tokenizer and chat template, opened together.
#ifndef SPACEMOE_MODELS_CHAT_TOKENIZER_BUNDLE_H_
#define SPACEMOE_MODELS_CHAT_TOKENIZER_BUNDLE_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "models/chat/chat_template.h"
#include "models/checkpoint/tokenizer_files.h"
#include "models/tokenizer/tokenizer.h"

namespace spacemoe {

// Immutable and thread-safe.
class TokenizerBundle {
 public:
  // `path`: as ReadTokenizerFiles takes it. NotFound without a tokenizer. A
  // chat template that is missing or broken is an error of Render only.
  static absl::StatusOr<TokenizerBundle> Open(const std::string& path);
  static absl::StatusOr<TokenizerBundle> Create(const TokenizerFiles& files);

  const Tokenizer& tokenizer() const { return *tokenizer_; }
  bool has_chat_template() const { return chat_template_.ok(); }
  // bos_token, eos_token, ...: those that the checkpoint names.
  const std::map<std::string, std::string>& special_tokens() const {
    return special_tokens_;
  }

  // As ChatTemplate::RenderChat, with the template for tools, where there is
  // one, if `input` has tools; special tokens that `input` does not name are
  // those of the checkpoint. NotFound without a chat template.
  absl::StatusOr<std::string> Render(ChatInput input) const;

 private:
  TokenizerBundle(std::unique_ptr<Tokenizer> tokenizer,
                  absl::StatusOr<ChatTemplate> chat_template,
                  absl::StatusOr<ChatTemplate> tool_use_template,
                  std::map<std::string, std::string> special_tokens)
      : tokenizer_(std::move(tokenizer)),
        chat_template_(std::move(chat_template)),
        tool_use_template_(std::move(tool_use_template)),
        special_tokens_(std::move(special_tokens)) {}

  std::unique_ptr<Tokenizer> tokenizer_;
  absl::StatusOr<ChatTemplate> chat_template_;
  absl::StatusOr<ChatTemplate> tool_use_template_;
  std::map<std::string, std::string> special_tokens_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHAT_TOKENIZER_BUNDLE_H_
