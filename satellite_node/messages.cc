#include "satellite_node/messages.h"

#include "absl/types/span.h"
#include "models/wire/sampler_proto.h"
#include "runtime/base/status_macros.h"
#include "runtime/tensor/value_bytes.h"
#include "runtime/trace/latency_breakdown_proto.h"
#include "runtime/trace/link_statistics_proto.h"
#include "runtime/trace/trace_proto.h"

namespace spacemoe {
namespace {

v1::FinishReason FinishReasonOf(SequenceEnd end) {
  switch (end) {
    case SequenceEnd::kStop:
      return v1::FINISH_REASON_STOP;
    case SequenceEnd::kLength:
      return v1::FINISH_REASON_LENGTH;
    case SequenceEnd::kNone:
      break;
  }
  return v1::FINISH_REASON_UNSPECIFIED;
}

void AddToken(const TokenRecord& record, v1::TokenEvents* tokens) {
  v1::TokenEvent* const token = tokens->add_tokens();
  token->set_sequence(record.sequence);
  token->set_position(static_cast<uint32_t>(record.position));
  token->set_token(record.token);
  token->set_end_token(record.end_token);
  token->set_finish_reason(FinishReasonOf(record.end));
  token->set_emitted_ns(record.emitted_ns);
  token->set_lap_ns(record.lap_ns);
  *token->mutable_lap() = ToProto(record.lap);
  if (record.logprobs.has_value())
    *token->mutable_logprobs() = ToProto(*record.logprobs);
}

}  // namespace

v1::SatelliteMessage ToProto(const Introduction& introduction) {
  v1::SatelliteMessage message;
  v1::Hello* hello = message.mutable_hello();
  if (introduction.index.has_value()) hello->set_index(*introduction.index);
  hello->set_address(introduction.address);
  hello->set_pid(introduction.pid);
  hello->set_clock_id(introduction.clock_id);
  hello->set_model_hash(introduction.model_hash);
  hello->set_version(introduction.version);
  hello->set_metrics_address(introduction.metrics_address);
  return message;
}

v1::SatelliteMessage TokensMessage(absl::Span<const TokenRecord> records) {
  v1::SatelliteMessage message;
  for (const TokenRecord& record : records)
    AddToken(record, message.mutable_tokens());
  return message;
}

v1::SatelliteMessage ToProto(const LogitsRecord& record) {
  v1::SatelliteMessage message;
  v1::TokenEvent* const token = message.mutable_tokens()->add_tokens();
  token->set_sequence(record.sequence);
  token->set_logits_position(static_cast<uint32_t>(record.first_position));
  token->set_logits(EncodeFloat32(record.values));
  return message;
}

v1::SatelliteMessage StatisticsMessage(const LinkStatistics& statistics) {
  v1::SatelliteMessage message;
  *message.mutable_link_statistics() = ToProto(statistics);
  return message;
}

v1::SatelliteMessage TraceMessage(const TraceBuffer::Taken& taken, bool last) {
  v1::SatelliteMessage message;
  v1::TraceChunk* const chunk = message.mutable_trace();
  chunk->set_batch(ToProto(taken.events).SerializeAsString());
  chunk->set_events(taken.events.size());
  chunk->set_dropped(taken.dropped);
  chunk->set_last(last);
  return message;
}

v1::SatelliteMessage FaultMessage(const absl::Status& status) {
  v1::SatelliteMessage message;
  message.mutable_fault()->set_code(static_cast<int>(status.code()));
  message.mutable_fault()->set_message(std::string(status.message()));
  return message;
}

v1::SatelliteMessage ReadyMessage(int64_t weight_bytes) {
  v1::SatelliteMessage message;
  message.mutable_ready()->set_weight_bytes(
      static_cast<uint64_t>(weight_bytes));
  return message;
}

v1::SatelliteMessage ClockProbeMessage(int64_t sent_ns) {
  v1::SatelliteMessage message;
  message.mutable_clock_probe()->set_sent_ns(sent_ns);
  return message;
}

v1::SatelliteMessage ClockReportMessage(int64_t uncertainty_ns) {
  v1::SatelliteMessage message;
  message.mutable_clock_report()->set_uncertainty_ns(uncertainty_ns);
  return message;
}

absl::StatusOr<SequenceRequest> FromProto(const v1::Inject& inject) {
  if (inject.prompt().empty())
    return absl::InvalidArgumentError("inject: the prompt is empty");
  SequenceRequest request{
      .sequence = inject.sequence(),
      .prompt = {inject.prompt().begin(), inject.prompt().end()},
      .max_tokens = inject.max_tokens(),
      .sampling = FromProto(inject.sampling()),
      .end_tokens = {inject.end_tokens().begin(), inject.end_tokens().end()},
      .want_logits = inject.want_logits(),
      .capacity = inject.capacity()};
  if (inject.has_logprobs())
    request.logprobs = static_cast<int>(inject.logprobs());
  return request;
}

}  // namespace spacemoe
