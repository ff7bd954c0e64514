#include "coordinator/text/text_codec.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

class StreamTextDecoder final : public TextDecoder {
 public:
  explicit StreamTextDecoder(const Tokenizer& tokenizer)
      : decoder_(tokenizer, /*skip_special_tokens=*/true) {}

  std::string Push(int64_t id) override { return decoder_.Push(id); }
  std::string Flush() override { return decoder_.Flush(); }

 private:
  StreamDecoder decoder_;
};

// A request that can't be served is not a thing that was not found.
absl::Status AsPrecondition(const std::string& what,
                            const absl::Status& status) {
  const auto code = absl::IsNotFound(status)
                        ? absl::StatusCode::kFailedPrecondition
                        : status.code();
  return absl::Status(code, absl::StrCat(what, std::string(status.message())));
}

nlohmann::ordered_json MessagesOf(const ChatPrompt& chat) {
  nlohmann::ordered_json messages = nlohmann::ordered_json::array();
  for (const ChatTurn& turn : chat.messages) {
    messages.push_back({{"role", turn.role}, {"content", turn.content}});
  }
  return messages;
}

absl::StatusOr<std::string> Render(const TokenizerBundle& bundle,
                                   const ChatPrompt& chat) {
  ChatInput input;
  input.messages = MessagesOf(chat);
  absl::StatusOr<std::string> rendered = bundle.Render(std::move(input));
  if (!rendered.ok()) return AsPrecondition("", rendered.status());
  return rendered;
}

}  // namespace

std::unique_ptr<TextCodec> TextCodec::Open(const std::string& model) {
  absl::StatusOr<TokenizerBundle> bundle = TokenizerBundle::Open(model);
  if (!bundle.ok()) {
    bundle = AsPrecondition("text needs a tokenizer: ", bundle.status());
  }
  return std::unique_ptr<TextCodec>(new TextCodec(std::move(bundle)));
}

absl::StatusOr<std::vector<int64_t>> TextCodec::Encode(
    const Prompt& prompt) const {
  if (const auto* tokens = std::get_if<TokenPrompt>(&prompt)) {
    return tokens->ids;
  }
  if (!bundle_.ok()) return bundle_.status();
  if (const auto* text = std::get_if<TextPrompt>(&prompt)) {
    return bundle_->tokenizer().Encode(text->text, /*add_special_tokens=*/true);
  }
  SPACEMOE_ASSIGN_OR_RETURN(const std::string rendered,
                            Render(*bundle_, std::get<ChatPrompt>(prompt)));
  return EncodePlain(rendered);
}

absl::StatusOr<std::vector<int64_t>> TextCodec::EncodePlain(
    const std::string& text) const {
  if (!bundle_.ok()) return bundle_.status();
  return bundle_->tokenizer().Encode(text, /*add_special_tokens=*/false);
}

std::string TextCodec::Decode(const std::vector<int64_t>& ids) const {
  return bundle_->tokenizer().Decode(ids, /*skip_special_tokens=*/true);
}

absl::StatusOr<std::string> TextCodec::DecodeAll(
    const std::vector<int64_t>& ids) const {
  if (!bundle_.ok()) return bundle_.status();
  return bundle_->tokenizer().Decode(ids, /*skip_special_tokens=*/false);
}

std::string TextCodec::PieceOf(int64_t id) const {
  return bundle_.ok() ? bundle_->tokenizer().PieceOf(id) : "";
}

std::unique_ptr<TextDecoder> TextCodec::NewDecoder() const {
  if (!bundle_.ok()) return nullptr;
  return std::make_unique<StreamTextDecoder>(bundle_->tokenizer());
}

}  // namespace spacemoe
