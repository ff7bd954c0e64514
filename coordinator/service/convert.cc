#include "coordinator/service/convert.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/wire/sampler_proto.h"
#include "runtime/trace/latency_breakdown_proto.h"

namespace spacemoe {
namespace {

FinishReason FinishFromProto(v1::FinishReason reason) {
  switch (reason) {
    case v1::FINISH_REASON_STOP:
      return FinishReason::kStop;
    case v1::FINISH_REASON_LENGTH:
      return FinishReason::kLength;
    default:
      return FinishReason::kNone;
  }
}

v1::FinishReason FinishToProto(FinishReason reason) {
  switch (reason) {
    case FinishReason::kStop:
      return v1::FINISH_REASON_STOP;
    case FinishReason::kLength:
      return v1::FINISH_REASON_LENGTH;
    case FinishReason::kNone:
      break;
  }
  return v1::FINISH_REASON_UNSPECIFIED;
}

}  // namespace

Applicant FromProto(const v1::Hello& hello) {
  Applicant applicant;
  if (hello.has_index()) applicant.index = hello.index();
  applicant.address = hello.address();
  applicant.pid = hello.pid();
  applicant.clock_id = hello.clock_id();
  applicant.model_hash = hello.model_hash();
  applicant.version = hello.version();
  applicant.metrics_address = hello.metrics_address();
  return applicant;
}

absl::Status FromProto(const v1::Fault& fault) {
  const auto code = fault.code() == 0
                        ? absl::StatusCode::kUnknown
                        : static_cast<absl::StatusCode>(fault.code());
  return absl::Status(code, fault.message());
}

TraceReport FromProto(const v1::TraceChunk& chunk) {
  return {chunk.batch(), chunk.events(), chunk.dropped(), chunk.last()};
}

TokenReport TokenFromProto(const v1::TokenEvent& event) {
  TokenReport token;
  token.sequence = event.sequence();
  token.position = event.position();
  token.token = event.token();
  token.end_token = event.end_token();
  token.finish = FinishFromProto(event.finish_reason());
  token.emitted_ns = event.emitted_ns();
  token.lap_ns = event.lap_ns();
  token.lap = FromProto(event.lap());
  if (event.has_logprobs()) token.logprobs = FromProto(event.logprobs());
  return token;
}

absl::StatusOr<LogitsReport> LogitsFromProto(const v1::TokenEvent& event,
                                             int64_t vocab_size) {
  const int64_t row_bytes = vocab_size * sizeof(float);
  const int64_t bytes = event.logits().size();
  if (bytes % row_bytes != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "logits of ", bytes, " bytes are not rows of ", vocab_size, " floats"));
  }
  LogitsReport logits;
  logits.sequence = event.sequence();
  logits.first_position = event.logits_position();
  logits.rows = bytes / row_bytes;
  logits.values = event.logits();
  return logits;
}

v1::Inject ToProto(const SequenceOrder& order) {
  v1::Inject inject;
  inject.set_sequence(order.sequence);
  inject.mutable_prompt()->Add(order.spec.prompt.begin(),
                               order.spec.prompt.end());
  inject.set_max_tokens(order.spec.max_tokens);
  *inject.mutable_sampling() = ToProto(order.spec.sampling);
  inject.mutable_end_tokens()->Add(order.end_tokens.begin(),
                                   order.end_tokens.end());
  inject.set_want_logits(order.spec.want_logits);
  inject.set_capacity(order.capacity);
  if (order.spec.logprobs.has_value())
    inject.set_logprobs(*order.spec.logprobs);
  return inject;
}

v1::StartupEvent ToProto(const StartupProgress& progress) {
  v1::StartupEvent event;
  event.set_satellites(progress.satellites);
  event.set_registered(progress.registered);
  event.set_ready(progress.ready);
  event.set_warming_up(progress.warming_up);
  return event;
}

v1::GenerateEvent AdmittedToProto(const std::vector<int64_t>& prompt) {
  v1::GenerateEvent event;
  event.mutable_admitted()->mutable_prompt_ids()->Add(prompt.begin(),
                                                      prompt.end());
  return event;
}

v1::GenerateEvent ToProto(const TokenReport& token, const std::string& text) {
  v1::GenerateEvent event;
  v1::GenerateEvent::Token* const proto = event.mutable_token();
  proto->set_id(token.token);
  proto->set_text(text);
  proto->set_emitted_ns(token.emitted_ns);
  proto->set_lap_ns(token.lap_ns);
  *proto->mutable_lap() = ToProto(token.lap);
  proto->set_end_token(token.end_token);
  if (token.logprobs.has_value())
    *proto->mutable_logprobs() = ToProto(*token.logprobs);
  return event;
}

v1::GenerateEvent ToProto(const LogitsReport& logits) {
  v1::GenerateEvent event;
  event.mutable_logits()->set_position(logits.first_position);
  event.mutable_logits()->set_values(logits.values);
  return event;
}

v1::GenerateEvent ToProto(const FinishReport& finish) {
  v1::GenerateEvent event;
  event.mutable_finished()->set_reason(FinishToProto(finish.reason));
  if (finish.text.has_value()) event.mutable_finished()->set_text(*finish.text);
  event.mutable_finished()->set_trailing_text(finish.trailing_text);
  return event;
}

absl::StatusOr<Prompt> PromptFromProto(const v1::GenerateRequest& request) {
  switch (request.prompt_case()) {
    case v1::GenerateRequest::kText:
      return Prompt(TextPrompt{request.text()});
    case v1::GenerateRequest::kTokens:
      return Prompt(TokenPrompt{
          {request.tokens().ids().begin(), request.tokens().ids().end()}});
    case v1::GenerateRequest::kChat: {
      ChatPrompt chat;
      for (const v1::ChatMessage& message : request.chat().messages()) {
        chat.messages.push_back({message.role(), message.content()});
      }
      return Prompt(std::move(chat));
    }
    case v1::GenerateRequest::PROMPT_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError(
      "the request has no prompt; expected text, chat or tokens");
}

SequenceSpec SpecFromProto(const v1::GenerateRequest& request) {
  SequenceSpec spec;
  spec.max_tokens = request.max_tokens();
  spec.sampling = FromProto(request.sampling());
  spec.ignore_eos = request.ignore_eos();
  spec.want_logits = request.want_logits();
  spec.stop.assign(request.stop().begin(), request.stop().end());
  if (request.has_logprobs())
    spec.logprobs = static_cast<int>(
        std::min<uint32_t>(request.logprobs(), kMaxTopLogprobs + 1));
  return spec;
}

}  // namespace spacemoe
