// Answers in the JSON of OpenAI's API.
#ifndef SPACEMOE_COORDINATOR_API_OPENAI_ANSWER_FORMAT_H_
#define SPACEMOE_COORDINATOR_API_OPENAI_ANSWER_FORMAT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "coordinator/api/openai/error.h"
#include "coordinator/api/openai/generation.h"
#include "coordinator/text/text_codec.h"

namespace spacemoe::openai {

struct Usage {
  int64_t prompt_tokens = 0;
  int64_t completion_tokens = 0;
};
Json ToJson(const Usage& usage);

// Of one request. Immutable.
class AnswerFormat {
 public:
  struct Options {
    bool chat = false;
    std::string model;
    bool logprobs = false;
    bool return_token_ids = false;
  };

  // `codec` is borrowed.
  AnswerFormat(Options options, const TextCodec* codec);

  // A whole choice; `offset`: the characters before its text, for
  // text_offset of logprobs.
  Json Choice(int index, const std::string& text,
              const std::vector<TextToken>& tokens, FinishReason finish) const;
  Json Whole(Json choices, const Usage& usage) const;

  // Parts of a stream. `offset`: characters of the text before this part.
  Json RoleChunk(int index) const;
  Json TextChunk(int index, const std::string& text,
                 const std::vector<TextToken>& tokens, int64_t offset) const;
  Json FinishChunk(int index, FinishReason finish) const;
  // Without choices.
  Json LastChunk() const;

 private:
  Json Envelope(bool chunk, Json choices) const;
  Json Logprobs(const std::vector<TextToken>& tokens, int64_t offset) const;
  Json ChatLogprob(int64_t token, float logprob) const;
  Json ChatLogprobs(const std::vector<TextToken>& tokens) const;
  Json CompletionLogprobs(const std::vector<TextToken>& tokens,
                          int64_t offset) const;
  void AddIds(const std::vector<TextToken>& tokens, Json* choice) const;

  const Options options_;
  const TextCodec* const codec_;
  const std::string id_;
  const int64_t created_;
};

}  // namespace spacemoe::openai

#endif  // SPACEMOE_COORDINATOR_API_OPENAI_ANSWER_FORMAT_H_
