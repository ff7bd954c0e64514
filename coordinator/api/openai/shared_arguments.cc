#include "coordinator/api/openai/shared_arguments.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::openai {
namespace {

constexpr double kMaxTemperature = 2;
constexpr double kMaxPenalty = 2;
constexpr double kMaxBias = 100;
constexpr double kSmallestTopP = 1e-6;
constexpr int64_t kMaxTopK = std::numeric_limits<int32_t>::max();

absl::Status ReadSampling(const Fields& fields, SamplingOptions* sampling) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto temperature,
                            fields.Number("temperature", 0, kMaxTemperature));
  SPACEMOE_ASSIGN_OR_RETURN(const auto top_p, fields.Number("top_p", 0, 1));
  SPACEMOE_ASSIGN_OR_RETURN(const auto top_k,
                            fields.Integer("top_k", -1, kMaxTopK));
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto presence,
      fields.Number("presence_penalty", -kMaxPenalty, kMaxPenalty));
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto frequency,
      fields.Number("frequency_penalty", -kMaxPenalty, kMaxPenalty));
  sampling->temperature = static_cast<float>(temperature.value_or(1));
  // 0 means the best token alone.
  sampling->top_p =
      static_cast<float>(std::max(top_p.value_or(1), kSmallestTopP));
  sampling->top_k =
      static_cast<int32_t>(std::max<int64_t>(top_k.value_or(0), 0));
  sampling->presence_penalty = static_cast<float>(presence.value_or(0));
  sampling->frequency_penalty = static_cast<float>(frequency.value_or(0));
  return absl::OkStatus();
}

absl::Status ReadBiases(const Fields& fields, SamplingOptions* sampling) {
  const Json* const biases = fields.Find("logit_bias");
  if (biases == nullptr) return absl::OkStatus();
  if (!biases->is_object()) {
    return fields.Wrong("logit_bias", "an object from token ids to biases",
                        KindOf(*biases));
  }
  if (biases->size() > kMaxBiases) {
    return fields.Wrong("logit_bias",
                        absl::StrCat("at most ", kMaxBiases, " tokens"),
                        absl::StrCat(biases->size()));
  }
  const Fields entries(*biases, "logit_bias.");
  for (const auto& [name, value] : biases->items()) {
    TokenBias bias;
    if (!absl::SimpleAtoi(name, &bias.token) || bias.token < 0) {
      return fields.Wrong("logit_bias", "token ids as names",
                          absl::StrCat("'", name.substr(0, 40), "'"));
    }
    SPACEMOE_ASSIGN_OR_RETURN(const auto number,
                              entries.Number(name, -kMaxBias, kMaxBias));
    bias.bias = static_cast<float>(number.value_or(0));
    sampling->logit_bias.push_back(bias);
  }
  return absl::OkStatus();
}

absl::Status ReadStops(const Fields& fields, std::vector<std::string>* stops) {
  const Json* const value = fields.Find("stop");
  if (value == nullptr) return absl::OkStatus();
  if (value->is_string()) {
    stops->push_back(value->get<std::string>());
  } else if (value->is_array() && value->size() <= kMaxStops) {
    for (const Json& stop : *value) {
      if (!stop.is_string()) {
        return fields.Wrong("stop", "strings", KindOf(stop));
      }
      stops->push_back(stop.get<std::string>());
    }
  } else {
    return fields.Wrong(
        "stop", absl::StrCat("a string, or an array of at most ", kMaxStops),
        value->is_array() ? absl::StrCat(value->size()) : KindOf(*value));
  }
  for (const std::string& stop : *stops) {
    if (stop.empty()) return fields.Wrong("stop", "text", "an empty string");
  }
  return absl::OkStatus();
}

absl::Status ReadStreamOptions(const Fields& fields,
                               GenerationRequest* request) {
  const Json* const value = fields.Find("stream_options");
  if (value == nullptr) return absl::OkStatus();
  if (!value->is_object()) {
    return fields.Wrong("stream_options", "an object", KindOf(*value));
  }
  if (!request->stream) {
    return ArgumentError("stream_options",
                         "'stream_options': only allowed with 'stream': true");
  }
  const Fields options(*value, "stream_options.");
  SPACEMOE_RETURN_IF_ERROR(options.AllowOnly(
      {"include_usage", "include_spacemoe", "include_obfuscation"}));
  SPACEMOE_ASSIGN_OR_RETURN(const auto usage, options.Boolean("include_usage"));
  SPACEMOE_ASSIGN_OR_RETURN(const auto spacemoe,
                            options.Boolean("include_spacemoe"));
  request->include_usage = usage.value_or(false);
  request->include_spacemoe = spacemoe.value_or(false);
  return absl::OkStatus();
}

absl::Status ReadChoices(const Fields& fields, GenerationRequest* request) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto n, fields.Integer("n", 1, kMaxChoices));
  request->n = request->best_of = static_cast<int>(n.value_or(1));
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto seed,
      fields.Integer("seed", std::numeric_limits<int64_t>::min(),
                     std::numeric_limits<int64_t>::max()));
  if (seed.has_value()) request->seed = static_cast<uint64_t>(*seed);
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string_view> SharedArguments() {
  return {"model", "n", "seed", "stream", "stream_options", "temperature",
          "top_p", "top_k", "presence_penalty", "frequency_penalty",
          "logit_bias", "stop", "max_tokens", "logprobs", "ignore_eos",
          "return_token_ids",
          // Who asks, and what is to be kept of it: nothing here.
          "user", "store", "metadata", "service_tier", "safety_identifier",
          "prompt_cache_key", "prompt_cache_retention"};
}

absl::Status ReadSharedArguments(const Fields& fields,
                                 GenerationRequest* request) {
  SPACEMOE_ASSIGN_OR_RETURN(request->model, fields.RequiredString("model"));
  SPACEMOE_RETURN_IF_ERROR(ReadSampling(fields, &request->spec.sampling));
  SPACEMOE_RETURN_IF_ERROR(ReadBiases(fields, &request->spec.sampling));
  SPACEMOE_RETURN_IF_ERROR(ReadStops(fields, &request->spec.stop));
  SPACEMOE_RETURN_IF_ERROR(ReadChoices(fields, request));
  SPACEMOE_ASSIGN_OR_RETURN(const auto ignore_eos,
                            fields.Boolean("ignore_eos"));
  SPACEMOE_ASSIGN_OR_RETURN(const auto token_ids,
                            fields.Boolean("return_token_ids"));
  SPACEMOE_ASSIGN_OR_RETURN(const auto stream, fields.Boolean("stream"));
  request->spec.ignore_eos = ignore_eos.value_or(false);
  request->return_token_ids = token_ids.value_or(false);
  request->stream = stream.value_or(false);
  return ReadStreamOptions(fields, request);
}

absl::Status RefuseArgument(const Fields& fields, const std::string& name) {
  const Json* const value = fields.Find(name);
  if (value == nullptr || (value->is_structured() && value->empty())) {
    return absl::OkStatus();
  }
  return ArgumentError(
      fields.Path(name),
      absl::StrCat("'", fields.Path(name), "' is not supported"),
      "unsupported_parameter");
}

}  // namespace spacemoe::openai
