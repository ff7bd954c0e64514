#include "satellite_node/core/head_station.h"

#include <algorithm>
#include <utility>

#include "runtime/base/status_macros.h"
#include "satellite_node/core/ready_rows.h"

namespace spacemoe {
namespace {

// Prompt rows whose logits are computed in one step: [rows, vocab] floats.
constexpr size_t kLogitsRows = 16;

bool Contains(const std::vector<int64_t>& values, int64_t value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

SequenceEnd EndOf(const SequenceRequest& request, const TokenRecord& record,
                  int64_t generated) {
  if (record.end_token) return SequenceEnd::kStop;
  if (generated >= request.max_tokens) return SequenceEnd::kLength;
  if (record.position + 1 > request.capacity) return SequenceEnd::kLength;
  return SequenceEnd::kNone;
}

}  // namespace

HeadStation::HeadStation(const SatelliteOptions& options, HeadRole* head,
                         LayerCombiner* combiner, const Clock* clock,
                         PacketSink* sink, SatelliteListener* listener)
    : options_(options),
      head_(head),
      combiner_(combiner),
      clock_(clock),
      sink_(sink),
      listener_(listener),
      frame_{options.satellite, static_cast<uint32_t>(head->hidden_size()),
             options.bfloat16},
      assembly_(options.one_batch) {}

absl::Status HeadStation::Inject(SequenceRequest request) {
  const int64_t now = clock_->Now();
  Sequence& sequence = sequences_[request.sequence];
  sequence.request = std::move(request);
  sequence.sampler =
      SequenceSampler(sequence.request.sampling, sequence.request.logprobs);
  sequence.last_emission_ns = now;
  const SequenceRequest& kept = sequence.request;
  const size_t chunk = static_cast<size_t>(options_.max_prompt_rows);
  for (size_t begin = 0; begin < kept.prompt.size(); begin += chunk) {
    const size_t end = std::min(begin + chunk, kept.prompt.size());
    SPACEMOE_RETURN_IF_ERROR(SendPrompt(kept, now, begin, end));
  }
  return absl::OkStatus();
}

absl::Status HeadStation::SendPrompt(const SequenceRequest& request,
                                     int64_t departure_ns, size_t begin,
                                     size_t end) {
  Packet packet = StartPacket(frame_, PacketKind::kResidual, 0,
                              options_.first_gateway, InFlight());
  StepTrace trace(options_, StepKind::kInject, options_.layers, departure_ns);
  StepTimer timer(*clock_, options_.modelled_flops);
  packet.combined = true;
  packet.values.resize((end - begin) * frame_.width);
  SPACEMOE_RETURN_IF_ERROR(head_->Embed(
      absl::MakeConstSpan(request.prompt).subspan(begin, end - begin),
      packet.values.data()));
  const int64_t compute_ns = timer.ElapsedNs();
  for (size_t i = begin; i < end; ++i) {
    RowHeader header;
    header.sequence = request.sequence;
    header.position = static_cast<uint32_t>(i);
    header.capacity = static_cast<uint32_t>(request.capacity);
    header.prompt_length = static_cast<uint32_t>(request.prompt.size());
    header.prompt = true;
    header.cache_only = !request.want_logits && i + 1 < request.prompt.size();
    header.spent.compute_ns = compute_ns;
    packet.rows.push_back(std::move(header));
  }
  packet.link.departure_ns = departure_ns + compute_ns;
  trace.EndPart(PartKind::kEmbedding, compute_ns);
  trace.AddRows(packet.rows);
  trace.Record();
  return sink_->Emit(std::move(packet));
}

void HeadStation::Accept(const Arrival& arrival) {
  std::vector<AssembledRow> complete;
  assembly_.Accept(arrival, &complete);
  for (const RowHeader& header : arrival.packet->rows) {
    if (!sequences_.contains(header.sequence))
      assembly_.Release(header.sequence, &complete);
  }
  AddReady(std::move(complete));
}

void HeadStation::AddReady(std::vector<AssembledRow> complete) {
  for (AssembledRow& row : complete) {
    if (sequences_.contains(row.header.sequence))
      ready_.push_back(std::move(row));
  }
}

void HeadStation::Release(uint64_t sequence) {
  sequences_.erase(sequence);
  std::vector<AssembledRow> complete;
  assembly_.Release(sequence, &complete);
  AddReady(std::move(complete));
  ready_.erase(std::remove_if(ready_.begin(), ready_.end(),
                              [&](const AssembledRow& row) {
                                return row.header.sequence == sequence;
                              }),
               ready_.end());
}

int64_t HeadStation::NextStep() const {
  return ready_.empty() ? kNever : free_ns_;
}

std::vector<AssembledRow> HeadStation::TakeBatch() {
  const size_t limit =
      std::max<size_t>(DecodeRows(InFlight(), options_.one_batch),
                       ready_.front().header.prompt ? kLogitsRows : 1);
  std::vector<AssembledRow> rows;
  while (!ready_.empty() && rows.size() < limit) {
    rows.push_back(std::move(ready_.front()));
    ready_.pop_front();
  }
  return rows;
}

absl::Status HeadStation::Step() {
  Batch batch;
  batch.rows = TakeBatch();
  batch.start_ns = StepStart(batch.rows, free_ns_);
  StepTrace trace(options_, StepKind::kHead, options_.layers, batch.start_ns);
  trace.AddRows(batch.rows);
  StepTimer timer(*clock_, options_.modelled_flops);
  timer.AddFlops(head_->Flops() * static_cast<double>(batch.rows.size()));
  SPACEMOE_RETURN_IF_ERROR(ComputeLogits(batch));

  std::vector<size_t> sampled;  // rows
  std::vector<TokenRecord> tokens;
  for (size_t r = 0; r < batch.rows.size(); ++r) {
    Sequence& sequence = sequences_.at(batch.rows[r].header.sequence);
    if (sequence.request.want_logits) {
      EmitLogits(batch, r, &sequence);
    } else {
      sampled.push_back(r);
      tokens.push_back(Sample(batch, r, &sequence));
    }
  }
  const int64_t emitted_ns = batch.start_ns + timer.ElapsedNs();
  trace.EndPart(PartKind::kLogits, emitted_ns - batch.start_ns);
  std::vector<NextRow> next;
  for (size_t i = 0; i < tokens.size(); ++i)
    FinishRow(batch, sampled[i], emitted_ns, &tokens[i], &next);
  SPACEMOE_RETURN_IF_ERROR(
      SendNext(std::move(next), emitted_ns, &timer, batch.start_ns, &trace));
  // The ring goes on first: telling is not on a token's path.
  trace.Record();
  TraceTokens(tokens);
  if (!tokens.empty()) listener_->OnTokens(tokens);
  free_ns_ = batch.start_ns + timer.ElapsedNs();
  return absl::OkStatus();
}

void HeadStation::TraceTokens(const std::vector<TokenRecord>& tokens) const {
  if (options_.trace == nullptr) return;
  for (const TokenRecord& token : tokens) {
    options_.trace->OnToken({token.sequence,
                             static_cast<uint32_t>(token.position), token.token,
                             token.emitted_ns, token.lap_ns, token.lap});
  }
}

absl::Status HeadStation::ComputeLogits(const Batch& batch) {
  const size_t rows = batch.rows.size();
  std::vector<float> hidden(rows * frame_.width);
  SPACEMOE_RETURN_IF_ERROR(CombineRows(batch.rows, combiner_, hidden.data()));
  const size_t floats = rows * static_cast<size_t>(head_->vocab_size());
  if (logits_.size() < floats) logits_.resize(floats);
  return head_->Logits(static_cast<int64_t>(rows), hidden.data(),
                       logits_.data());
}

absl::Span<const float> HeadStation::LogitsOf(size_t row) const {
  const size_t vocab = static_cast<size_t>(head_->vocab_size());
  return absl::MakeConstSpan(logits_).subspan(row * vocab, vocab);
}

void HeadStation::EmitLogits(const Batch& batch, size_t row,
                             Sequence* sequence) {
  LogitsRecord record;
  record.sequence = sequence->request.sequence;
  record.first_position = batch.rows[row].header.position;
  record.rows = 1;
  const absl::Span<const float> logits = LogitsOf(row);
  record.values.assign(logits.begin(), logits.end());
  ++sequence->logits_rows;
  record.last = sequence->logits_rows ==
                static_cast<int64_t>(sequence->request.prompt.size());
  const uint64_t id = record.sequence;
  const bool last = record.last;
  listener_->OnLogits(std::move(record));
  if (last) sequences_.erase(id);
}

TokenRecord HeadStation::Sample(const Batch& batch, size_t row,
                                Sequence* sequence) const {
  TokenRecord record;
  record.sequence = sequence->request.sequence;
  record.position = batch.rows[row].header.position + 1;
  DrawnToken drawn = sequence->sampler.Draw(LogitsOf(row), record.position);
  record.token = drawn.token;
  record.logprobs = std::move(drawn.logprobs);
  record.end_token = Contains(sequence->request.end_tokens, record.token);
  return record;
}

void HeadStation::FinishRow(const Batch& batch, size_t row, int64_t emitted_ns,
                            TokenRecord* record, std::vector<NextRow>* next) {
  const AssembledRow& from = batch.rows[row];
  Sequence& sequence = sequences_.at(record->sequence);
  ++sequence.generated;
  record->end = EndOf(sequence.request, *record, sequence.generated);
  record->emitted_ns = emitted_ns;
  record->lap_ns = emitted_ns - sequence.last_emission_ns;
  record->lap =
      NextHeader(from, batch.start_ns, emitted_ns - batch.start_ns).spent;
  sequence.last_emission_ns = emitted_ns;
  if (record->end == SequenceEnd::kNone) {
    RowHeader header;
    header.sequence = record->sequence;
    header.position = static_cast<uint32_t>(record->position);
    header.capacity = from.header.capacity;
    header.prompt_length = from.header.prompt_length;
    next->push_back({std::move(header), record->token});
  } else {
    sequences_.erase(record->sequence);
  }
}

absl::Status HeadStation::SendNext(std::vector<NextRow> next,
                                   int64_t emitted_ns, StepTimer* timer,
                                   int64_t start_ns, StepTrace* trace) {
  if (next.empty()) return absl::OkStatus();
  Packet packet = StartPacket(frame_, PacketKind::kResidual, 0,
                              options_.first_gateway, InFlight());
  std::vector<int64_t> tokens;
  for (const NextRow& row : next) tokens.push_back(row.token);
  packet.combined = true;
  packet.values.resize(next.size() * frame_.width);
  SPACEMOE_RETURN_IF_ERROR(head_->Embed(tokens, packet.values.data()));
  const int64_t embedded_ns = timer->ElapsedNs();
  trace->EndPart(PartKind::kEmbedding, embedded_ns);
  packet.link.departure_ns = start_ns + embedded_ns;
  for (NextRow& row : next) {
    row.header.spent.compute_ns = packet.link.departure_ns - emitted_ns;
    packet.rows.push_back(std::move(row.header));
  }
  return sink_->Emit(std::move(packet));
}

}  // namespace spacemoe
