// The arguments of /v1/completions.
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/api/openai/fields.h"
#include "coordinator/api/openai/request.h"
#include "coordinator/api/openai/shared_arguments.h"
#include "models/sampler/logprobs.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::openai {
namespace {

constexpr int64_t kMaxMaxTokens = std::numeric_limits<int32_t>::max();
constexpr char kExpectedPrompt[] =
    "a string, an array of strings, an array of token ids, or an array of "
    "those";

absl::StatusOr<Prompt> ReadIdPrompt(const Json& ids) {
  TokenPrompt prompt;
  SPACEMOE_ASSIGN_OR_RETURN(prompt.ids, ReadIds(ids, "prompt"));
  return Prompt(std::move(prompt));
}

absl::StatusOr<std::vector<Prompt>> ReadPrompts(const Fields& fields) {
  const Json* const value = fields.Find("prompt");
  if (value == nullptr) {
    return fields.Wrong("prompt", kExpectedPrompt, "nothing");
  }
  std::vector<Prompt> prompts;
  if (value->is_string()) {
    prompts.push_back(TextPrompt{value->get<std::string>()});
    return prompts;
  }
  if (!value->is_array() || value->empty()) {
    return fields.Wrong("prompt", kExpectedPrompt,
                        value->is_array() ? "an empty array" : KindOf(*value));
  }
  if (value->front().is_number()) {
    SPACEMOE_ASSIGN_OR_RETURN(Prompt prompt, ReadIdPrompt(*value));
    prompts.push_back(std::move(prompt));
    return prompts;
  }
  if (value->size() > kMaxChoices) {
    return fields.Wrong("prompt", absl::StrCat("at most ", kMaxChoices),
                        absl::StrCat(value->size()));
  }
  for (const Json& entry : *value) {
    if (entry.is_string()) {
      prompts.push_back(TextPrompt{entry.get<std::string>()});
    } else if (entry.is_array()) {
      SPACEMOE_ASSIGN_OR_RETURN(Prompt prompt, ReadIdPrompt(entry));
      prompts.push_back(std::move(prompt));
    } else {
      return fields.Wrong("prompt", kExpectedPrompt,
                          absl::StrCat("an array with ", KindOf(entry)));
    }
  }
  return prompts;
}

absl::Status ReadBestOf(const Fields& fields, GenerationRequest* request) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto best_of,
                            fields.Integer("best_of", 1, kMaxChoices));
  if (!best_of.has_value()) return absl::OkStatus();
  if (*best_of < request->n) {
    return fields.Wrong("best_of", absl::StrCat("at least n, ", request->n),
                        absl::StrCat(*best_of));
  }
  if (request->stream && *best_of > request->n) {
    return ArgumentError("best_of",
                         "'best_of': more than n can not be streamed");
  }
  request->best_of = static_cast<int>(*best_of);
  return absl::OkStatus();
}

absl::Status CheckTogether(const GenerationRequest& request) {
  const size_t sequences = request.prompts.size() * request.best_of;
  if (sequences > kMaxChoices) {
    return ArgumentError(
        "n", absl::StrCat("expected at most ", kMaxChoices,
                          " texts in a request, found ", request.prompts.size(),
                          " prompts times ", request.best_of));
  }
  if (request.echo && request.spec.logprobs.has_value()) {
    return ArgumentError(
        "echo",
        "'echo' with 'logprobs' is not supported: a prompt's tokens "
        "have no log-probabilities here",
        "unsupported_parameter");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<GenerationRequest> ParseCompletionRequest(const Json& body) {
  const Fields fields(body);
  std::vector<std::string_view> names = SharedArguments();
  names.insert(names.end(), {"prompt", "best_of", "echo", "suffix"});
  SPACEMOE_RETURN_IF_ERROR(fields.AllowOnly(names));
  GenerationRequest request;
  SPACEMOE_RETURN_IF_ERROR(ReadSharedArguments(fields, &request));
  SPACEMOE_RETURN_IF_ERROR(RefuseArgument(fields, "suffix"));
  SPACEMOE_ASSIGN_OR_RETURN(request.prompts, ReadPrompts(fields));
  SPACEMOE_RETURN_IF_ERROR(ReadBestOf(fields, &request));
  SPACEMOE_ASSIGN_OR_RETURN(const auto max_tokens,
                            fields.Integer("max_tokens", 1, kMaxMaxTokens));
  request.max_tokens = max_tokens.value_or(16);
  SPACEMOE_ASSIGN_OR_RETURN(const auto logprobs,
                            fields.Integer("logprobs", 0, kMaxTopLogprobs));
  if (logprobs.has_value()) {
    request.spec.logprobs = static_cast<int>(*logprobs);
  }
  SPACEMOE_ASSIGN_OR_RETURN(const auto echo, fields.Boolean("echo"));
  request.echo = echo.value_or(false);
  SPACEMOE_RETURN_IF_ERROR(CheckTogether(request));
  return request;
}

}  // namespace spacemoe::openai
