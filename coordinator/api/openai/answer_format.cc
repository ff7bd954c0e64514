#include "coordinator/api/openai/answer_format.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "coordinator/api/openai/random_id.h"
#include "models/tokenizer/utf8.h"

namespace spacemoe::openai {
namespace {

// JSON has no minus infinity.
constexpr float kLeastLogprob = -9999;

Json FinishName(FinishReason reason) {
  if (reason == FinishReason::kStop) return "stop";
  if (reason == FinishReason::kLength) return "length";
  return nullptr;
}

double Finite(float logprob) { return std::max(logprob, kLeastLogprob); }

Json Bytes(const std::string& text) {
  Json bytes = Json::array();
  for (const char c : text) bytes.push_back(static_cast<unsigned char>(c));
  return bytes;
}

}  // namespace

Json ToJson(const Usage& usage) {
  return Json{{"prompt_tokens", usage.prompt_tokens},
              {"completion_tokens", usage.completion_tokens},
              {"total_tokens", usage.prompt_tokens + usage.completion_tokens}};
}

AnswerFormat::AnswerFormat(Options options, const TextCodec* codec)
    : options_(std::move(options)),
      codec_(codec),
      id_(absl::StrCat(options_.chat ? "chatcmpl-" : "cmpl-", RandomId())),
      created_(absl::ToUnixSeconds(absl::Now())) {}

Json AnswerFormat::Envelope(bool chunk, Json choices) const {
  const char* const object = !options_.chat ? "text_completion"
                             : chunk        ? "chat.completion.chunk"
                                            : "chat.completion";
  return Json{{"id", id_},
              {"object", object},
              {"created", created_},
              {"model", options_.model},
              {"system_fingerprint", "spacemoe-" SPACEMOE_VERSION},
              {"choices", std::move(choices)}};
}

Json AnswerFormat::Choice(int index, const std::string& text,
                          const std::vector<TextToken>& tokens,
                          FinishReason finish) const {
  Json choice{{"index", index}};
  if (options_.chat) {
    choice["message"] = {
        {"role", "assistant"}, {"content", text}, {"refusal", nullptr}};
  } else {
    choice["text"] = text;
  }
  choice["logprobs"] = Logprobs(tokens, 0);
  choice["finish_reason"] = FinishName(finish);
  AddIds(tokens, &choice);
  return choice;
}

Json AnswerFormat::Whole(Json choices, const Usage& usage) const {
  Json answer = Envelope(/*chunk=*/false, std::move(choices));
  answer["usage"] = ToJson(usage);
  return answer;
}

Json AnswerFormat::RoleChunk(int index) const {
  Json choice{{"index", index},
              {"delta", {{"role", "assistant"}, {"content", ""}}},
              {"logprobs", nullptr},
              {"finish_reason", nullptr}};
  return Envelope(/*chunk=*/true, Json::array({std::move(choice)}));
}

Json AnswerFormat::TextChunk(int index, const std::string& text,
                             const std::vector<TextToken>& tokens,
                             int64_t offset) const {
  Json choice{{"index", index}};
  if (options_.chat) {
    choice["delta"] = {{"content", text}};
  } else {
    choice["text"] = text;
  }
  choice["logprobs"] = Logprobs(tokens, offset);
  choice["finish_reason"] = nullptr;
  AddIds(tokens, &choice);
  return Envelope(/*chunk=*/true, Json::array({std::move(choice)}));
}

Json AnswerFormat::FinishChunk(int index, FinishReason finish) const {
  Json choice{{"index", index}};
  if (options_.chat) {
    choice["delta"] = Json::object();
  } else {
    choice["text"] = "";
  }
  choice["logprobs"] = nullptr;
  choice["finish_reason"] = FinishName(finish);
  return Envelope(/*chunk=*/true, Json::array({std::move(choice)}));
}

Json AnswerFormat::LastChunk() const {
  return Envelope(/*chunk=*/true, Json::array());
}

void AnswerFormat::AddIds(const std::vector<TextToken>& tokens,
                          Json* choice) const {
  if (!options_.return_token_ids) return;
  Json& ids = (*choice)["token_ids"] = Json::array();
  for (const TextToken& token : tokens) ids.push_back(token.id);
}

Json AnswerFormat::Logprobs(const std::vector<TextToken>& tokens,
                            int64_t offset) const {
  if (!options_.logprobs) return nullptr;
  return options_.chat ? ChatLogprobs(tokens)
                       : CompletionLogprobs(tokens, offset);
}

Json AnswerFormat::ChatLogprob(int64_t token, float logprob) const {
  const std::string piece = codec_->PieceOf(token);
  return Json{
      {"token", piece}, {"logprob", Finite(logprob)}, {"bytes", Bytes(piece)}};
}

Json AnswerFormat::ChatLogprobs(const std::vector<TextToken>& tokens) const {
  Json content = Json::array();
  for (const TextToken& token : tokens) {
    if (!token.logprobs.has_value()) continue;
    Json entry = ChatLogprob(token.id, token.logprobs->logprob);
    Json& top = entry["top_logprobs"] = Json::array();
    for (const TokenLogprob& other : token.logprobs->top) {
      top.push_back(ChatLogprob(other.token, other.logprob));
    }
    content.push_back(std::move(entry));
  }
  return Json{{"content", std::move(content)}, {"refusal", nullptr}};
}

Json AnswerFormat::CompletionLogprobs(const std::vector<TextToken>& tokens,
                                      int64_t offset) const {
  Json pieces = Json::array(), logprobs = Json::array(), top = Json::array(),
       offsets = Json::array();
  for (const TextToken& token : tokens) {
    if (!token.logprobs.has_value()) continue;
    const std::string piece = codec_->PieceOf(token.id);
    pieces.push_back(piece);
    logprobs.push_back(Finite(token.logprobs->logprob));
    Json best = Json::object();
    for (const TokenLogprob& other : token.logprobs->top) {
      best[codec_->PieceOf(other.token)] = Finite(other.logprob);
    }
    top.push_back(std::move(best));
    offsets.push_back(offset);
    offset += CountCharacters(piece);
  }
  return Json{{"tokens", std::move(pieces)},
              {"token_logprobs", std::move(logprobs)},
              {"top_logprobs", std::move(top)},
              {"text_offset", std::move(offsets)}};
}

}  // namespace spacemoe::openai
