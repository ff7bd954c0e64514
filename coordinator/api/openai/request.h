// What a client asks for, out of the JSON that it sends.
#ifndef SPACEMOE_COORDINATOR_API_OPENAI_REQUEST_H_
#define SPACEMOE_COORDINATOR_API_OPENAI_REQUEST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/api/openai/error.h"
#include "coordinator/core/sequence.h"
#include "coordinator/text/prompt.h"

namespace spacemoe::openai {

// Choices of one request, over all of its prompts.
inline constexpr int kMaxChoices = 128;
inline constexpr size_t kMaxStops = 16;
inline constexpr size_t kMaxBiases = 1024;

// Of /v1/completions and /v1/chat/completions alike.
struct GenerationRequest {
  bool chat = false;
  std::string model;
  std::vector<Prompt> prompts;  // of a chat: one
  int n = 1;                    // choices for each prompt
  int best_of = 1;              // texts that they are chosen from; >= n
  std::optional<int64_t> max_tokens;
  std::optional<uint64_t> seed;  // unset: another one for each request
  // Of every sequence: sampling (but for the seed), stop strings, ignore_eos,
  // logprobs. The rest is not used.
  SequenceSpec spec;
  bool echo = false;
  bool return_token_ids = false;
  bool stream = false;
  bool include_usage = false;
  bool include_spacemoe = false;

  // The argument that prompts came in.
  const char* prompt_name() const { return chat ? "messages" : "prompt"; }
};

// Errors are ArgumentErrors. Arguments that are not known, or not supported,
// are refused by name; null is as good as absent.
absl::StatusOr<GenerationRequest> ParseCompletionRequest(const Json& body);
absl::StatusOr<GenerationRequest> ParseChatRequest(const Json& body);

}  // namespace spacemoe::openai

#endif  // SPACEMOE_COORDINATOR_API_OPENAI_REQUEST_H_
