#include "coordinator/api/openai/api.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "coordinator/api/openai/answer.h"
#include "coordinator/api/openai/fields.h"
#include "coordinator/api/openai/generation.h"
#include "coordinator/api/openai/json_request.h"
#include "coordinator/api/openai/random_id.h"
#include "coordinator/api/openai/tokenize.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::openai {
namespace {

constexpr char kModels[] = "/v1/models";

HttpResponse HttpError(int status, const std::string& message) {
  ApiError error;
  error.status = status;
  error.message = message;
  return ToResponse(error);
}

// One spec for each text: best_of for each prompt.
std::vector<SequenceSpec> SpecsOf(
    const GenerationRequest& request,
    const std::vector<std::vector<int64_t>>& prompts, int64_t context) {
  const uint64_t seed = request.seed.value_or(RandomSeed());
  std::vector<SequenceSpec> specs;
  for (const std::vector<int64_t>& prompt : prompts) {
    for (int i = 0; i < request.best_of; ++i) {
      SequenceSpec spec = request.spec;
      spec.prompt = prompt;
      spec.sampling.seed = seed + i;
      // What the context has room for, unless told.
      spec.max_tokens = request.max_tokens.value_or(
          context - static_cast<int64_t>(prompt.size()));
      // Texts are chosen by it.
      if (request.best_of > request.n && !spec.logprobs.has_value()) {
        spec.logprobs = 0;
      }
      specs.push_back(std::move(spec));
    }
  }
  return specs;
}

}  // namespace

Api::Api(ApiOptions options, Cluster* cluster, const TextCodec* codec)
    : options_(std::move(options)),
      cluster_(cluster),
      codec_(codec),
      created_(absl::ToUnixSeconds(absl::Now())),
      links_(cluster) {}

void Api::AddRoutes(HttpRouter* router) {
  router->SetErrorWriter(HttpError);
  router->AddPlain("GET", kModels,
                   [this](const HttpRequest&) { return ListModels(); });
  router->AddPlain(
      "GET", absl::StrCat(kModels, "/*"),
      [this](const HttpRequest& request) { return DescribeModel(request); });
  router->Add("POST", "/v1/completions",
              [this](const std::shared_ptr<HttpExchange>& exchange) {
                Generate(exchange, /*chat=*/false);
              });
  router->Add("POST", "/v1/chat/completions",
              [this](const std::shared_ptr<HttpExchange>& exchange) {
                Generate(exchange, /*chat=*/true);
              });
  router->AddPlain("POST", "/tokenize", [this](const HttpRequest& request) {
    return Tokenize(*codec_, request);
  });
  router->AddPlain("POST", "/detokenize", [this](const HttpRequest& request) {
    return Detokenize(*codec_, options_.limits.vocab_size, request);
  });
}

Json Api::ModelToJson() const {
  return Json{{"id", options_.model},
              {"object", "model"},
              {"created", created_},
              {"owned_by", "spacemoe"},
              {"context_length", options_.limits.context},
              {"spacemoe",
               {{"satellites", options_.ring.satellites},
                {"constellation", options_.ring.constellation},
                {"strategy", options_.ring.strategy}}}};
}

HttpResponse Api::ListModels() const {
  return JsonResponse(
      Json{{"object", "list"}, {"data", Json::array({ModelToJson()})}});
}

HttpResponse Api::DescribeModel(const HttpRequest& request) const {
  const std::string model = request.path.substr(sizeof(kModels));
  const absl::Status status = CheckModel(model);
  return status.ok() ? JsonResponse(ModelToJson())
                     : ToResponse(ToApiError(status));
}

absl::Status Api::CheckModel(const std::string& model) const {
  if (model == options_.model) return absl::OkStatus();
  const absl::Status argument = ArgumentError(
      "model",
      absl::StrCat("The model `", model, "` does not exist; this server has `",
                   options_.model, "`"),
      "model_not_found");
  absl::Status status = absl::NotFoundError(argument.message());
  argument.ForEachPayload([&](absl::string_view name, const absl::Cord& value) {
    status.SetPayload(name, value);
  });
  return status;
}

absl::StatusOr<std::vector<int64_t>> Api::Encode(const Prompt& prompt,
                                                 const char* name) const {
  absl::StatusOr<std::vector<int64_t>> ids = codec_->Encode(prompt);
  if (!ids.ok()) return BlameArgument(name, ids.status());
  const auto length = static_cast<int64_t>(ids->size());
  if (length >= options_.limits.context) {
    return ArgumentError(
        name,
        absl::StrCat("This model's maximum context length is ",
                     options_.limits.context, " tokens. The prompt has ",
                     length, ", which leaves no room for an answer"),
        "context_length_exceeded");
  }
  SPACEMOE_RETURN_IF_ERROR(
      BlameArgument(name, CheckPrompt(*ids, options_.limits)));
  return ids;
}

absl::StatusOr<std::string> Api::EchoOf(const Prompt& prompt) const {
  if (const auto* text = std::get_if<TextPrompt>(&prompt)) return text->text;
  if (!codec_->has_tokenizer()) {
    return ArgumentError("echo", "'echo': the model has no tokenizer");
  }
  return codec_->Decode(std::get<TokenPrompt>(prompt).ids);
}

void Api::Generate(const std::shared_ptr<HttpExchange>& exchange, bool chat) {
  const absl::Status status = TryGenerate(exchange, chat);
  if (!status.ok()) exchange->Respond(ToResponse(ToApiError(status)));
}

absl::Status Api::TryGenerate(const std::shared_ptr<HttpExchange>& exchange,
                              bool chat) {
  if (auto refusal = RefuseMediaType(exchange->request())) {
    exchange->Respond(*std::move(refusal));
    return absl::OkStatus();
  }
  SPACEMOE_ASSIGN_OR_RETURN(const Json body,
                            ParseBody(exchange->request().body));
  const auto context = std::make_shared<AnswerContext>();
  SPACEMOE_ASSIGN_OR_RETURN(
      context->request,
      chat ? ParseChatRequest(body) : ParseCompletionRequest(body));
  const GenerationRequest& request = context->request;
  SPACEMOE_RETURN_IF_ERROR(CheckModel(request.model));
  SPACEMOE_RETURN_IF_ERROR(BlameArgument(
      "logit_bias",
      ValidateSampling(request.spec.sampling, options_.limits.vocab_size)));
  std::vector<std::vector<int64_t>> prompts;
  for (const Prompt& prompt : request.prompts) {
    SPACEMOE_ASSIGN_OR_RETURN(std::vector<int64_t> ids,
                              Encode(prompt, request.prompt_name()));
    context->prompt_tokens += ids.size();
    prompts.push_back(std::move(ids));
    context->echoes.emplace_back();
    if (request.echo) {
      SPACEMOE_ASSIGN_OR_RETURN(context->echoes.back(), EchoOf(prompt));
    }
  }
  context->ring = options_.ring;
  context->links = &links_;
  context->codec = codec_;
  context->exchange = exchange;
  const auto generation = std::make_shared<Generation>(
      cluster_, exchange, SpecsOf(request, prompts, options_.limits.context),
      request.stream ? NewStreamedAnswer(context) : NewWholeAnswer(context));
  context->sequences = &generation->sequences();
  generation->Begin(options_.request_timeout);
  return absl::OkStatus();
}

}  // namespace spacemoe::openai
