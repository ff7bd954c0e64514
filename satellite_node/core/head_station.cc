#include "satellite_node/core/head_station.h"

#include <algorithm>
#include <utility>

#include "runtime/base/status_macros.h"
#include "satellite_node/core/ready_rows.h"

namespace spacemoe {
namespace {

// Prompt rows whose logits are computed in one step: [rows, vocab] floats.
constexpr size_t kLogitsRows = 16;
// Packets' worth of prompt rows that a lap of one batch takes along. The rows
// of its sequences wait for all of them.
constexpr int64_t kLapPromptPackets = 4;

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
  const uint64_t id = request.sequence;
  Sequence& sequence = sequences_[id];
  sequence.request = std::move(request);
  sequence.sampler =
      SequenceSampler(sequence.request.sampling, sequence.request.logprobs);
  sequence.last_emission_ns = clock_->Now();
  waiting_.push_back(id);
  return options_.one_batch ? absl::OkStatus()
                            : DepartAll(sequences_[id].last_emission_ns);
}

void HeadStation::CountOut(Sequence* sequence, int64_t rows) {
  sequence->rows_out += rows;
  rows_out_ += rows;
}

RowHeader HeadStation::PromptHeader(const SequenceRequest& request,
                                    size_t position) {
  RowHeader header;
  header.sequence = request.sequence;
  header.position = static_cast<uint32_t>(position);
  header.capacity = static_cast<uint32_t>(request.capacity);
  header.prompt_length = static_cast<uint32_t>(request.prompt.size());
  header.prompt = true;
  header.cache_only =
      !request.want_logits && position + 1 < request.prompt.size();
  return header;
}

int64_t HeadStation::PromptRowsLeft() const {
  const int64_t packet = options_.max_prompt_rows;
  if (LapMayBegin()) return packet;
  return std::min(packet, kLapPromptPackets * packet - lap_prompt_rows_);
}

void HeadStation::TakePromptRows(Packet* packet, std::vector<int64_t>* tokens,
                                 int64_t* all_here_ns) {
  const int64_t limit = PromptRowsLeft();
  int64_t rows = 0;
  while (!waiting_.empty() && rows < limit) {
    Sequence& sequence = sequences_.at(waiting_.front());
    const std::vector<int64_t>& prompt = sequence.request.prompt;
    *all_here_ns = std::max(*all_here_ns, sequence.last_emission_ns);
    for (; sequence.sent < prompt.size() && rows < limit;
         ++sequence.sent, ++rows) {
      packet->rows.push_back(PromptHeader(sequence.request, sequence.sent));
      tokens->push_back(prompt[sequence.sent]);
      if (!packet->rows.back().cache_only) CountOut(&sequence, 1);
    }
    if (sequence.sent == prompt.size()) waiting_.pop_front();
  }
  lap_prompt_rows_ += rows;
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
  if (const auto found = sequences_.find(sequence); found != sequences_.end()) {
    rows_out_ -= found->second.rows_out;
    sequences_.erase(found);
  }
  waiting_.erase(std::remove(waiting_.begin(), waiting_.end(), sequence),
                 waiting_.end());
  next_.erase(std::remove_if(next_.begin(), next_.end(),
                             [&](const NextRow& row) {
                               return row.header.sequence == sequence;
                             }),
              next_.end());
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
  return ready_.empty() && !SomethingLeaves() ? kNever : free_ns_;
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
  return ready_.empty() ? DepartAll(free_ns_) : StepRows();
}

absl::Status HeadStation::DepartAll(int64_t start_ns) {
  while (SomethingLeaves()) {
    StepTimer timer(*clock_, options_.modelled_flops);
    SPACEMOE_RETURN_IF_ERROR(SendRows(start_ns, start_ns, &timer, nullptr));
    if (options_.one_batch) free_ns_ = start_ns += timer.ElapsedNs();
  }
  return absl::OkStatus();
}

absl::Status HeadStation::StepRows() {
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
    CountOut(&sequence, -1);
    if (sequence.request.want_logits) {
      EmitLogits(batch, r, &sequence);
    } else {
      sampled.push_back(r);
      tokens.push_back(Sample(batch, r, &sequence));
    }
  }
  const int64_t emitted_ns = batch.start_ns + timer.ElapsedNs();
  trace.EndPart(PartKind::kLogits, emitted_ns - batch.start_ns);
  for (size_t i = 0; i < tokens.size(); ++i)
    FinishRow(batch, sampled[i], emitted_ns, &tokens[i]);
  if (SomethingLeaves()) {
    SPACEMOE_RETURN_IF_ERROR(
        SendRows(batch.start_ns, emitted_ns, &timer, &trace));
  }
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
                            TokenRecord* record) {
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
    next_.push_back({std::move(header), record->token});
  } else {
    sequences_.erase(record->sequence);
  }
}

absl::Status HeadStation::SendRows(int64_t start_ns, int64_t emitted_ns,
                                   StepTimer* timer, StepTrace* trace) {
  std::vector<NextRow> next;
  if (LapMayBegin()) {
    next = std::exchange(next_, {});
    lap_prompt_rows_ = 0;
  }
  Packet packet = StartPacket(frame_, PacketKind::kResidual, 0,
                              options_.first_gateway, InFlight());
  std::vector<int64_t> tokens;
  for (const NextRow& row : next) {
    packet.rows.push_back(row.header);
    tokens.push_back(row.token);
    CountOut(&sequences_.at(row.header.sequence), 1);
  }
  int64_t all_here_ns = emitted_ns;
  TakePromptRows(&packet, &tokens, &all_here_ns);
  packet.combined = true;
  packet.values.resize(tokens.size() * frame_.width);
  SPACEMOE_RETURN_IF_ERROR(head_->Embed(tokens, packet.values.data()));
  const int64_t embedded_ns = timer->ElapsedNs();
  if (trace != nullptr) trace->EndPart(PartKind::kEmbedding, embedded_ns);
  const int64_t compute_ns = start_ns + embedded_ns - emitted_ns;
  packet.link.departure_ns = all_here_ns + compute_ns;
  // Rows that the step itself has not made.
  StepTrace injection(options_, StepKind::kInject, options_.layers,
                      all_here_ns);
  for (RowHeader& row : packet.rows) {
    // Its emission is the sequence's last, or it is a prompt's.
    row.spent.queueing_ns =
        all_here_ns - sequences_.at(row.sequence).last_emission_ns;
    row.spent.compute_ns = compute_ns;
    if (trace == nullptr || row.prompt || row.spent.queueing_ns > 0)
      injection.AddRow(row);
  }
  injection.EndPart(PartKind::kEmbedding, compute_ns);
  if (!injection.empty()) injection.Record();
  return sink_->Emit(std::move(packet));
}

}  // namespace spacemoe
