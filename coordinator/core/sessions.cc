#include "coordinator/core/sessions.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {

Sessions::Sessions(SessionLimits limits, std::vector<int64_t> end_tokens,
                   TextDecoderFactory text, SequenceFleet* fleet,
                   SessionObserver* observer)
    : limits_(limits),
      end_tokens_(std::move(end_tokens)),
      text_(std::move(text)),
      fleet_(fleet),
      observer_(observer) {}

SessionObserver* Sessions::ObserverOf(const Session& session) const {
  return session.order.spec.internal ? nullptr : observer_;
}

void Sessions::TellEnd(const Session& session, SequenceFate fate) const {
  if (SessionObserver* const observer = ObserverOf(session))
    observer->OnEnded(session.order.sequence, fate);
}

absl::StatusOr<uint64_t> Sessions::Start(SequenceSpec spec,
                                         SequenceSink* sink) {
  SPACEMOE_RETURN_IF_ERROR(CheckRequest(spec, limits_.request));
  Session session;
  session.order.sequence = next_sequence_;
  session.order.capacity = CapacityOf(spec, limits_.request);
  if (!spec.ignore_eos) session.order.end_tokens = end_tokens_;
  session.sink = sink;
  if (text_) session.decoder = text_();
  if (!spec.stop.empty()) {
    if (session.decoder == nullptr) {
      return absl::InvalidArgumentError(
          "stop: the model has no tokenizer to find text with");
    }
    session.stops.emplace(spec.stop);
  }
  session.order.spec = std::move(spec);
  SPACEMOE_RETURN_IF_ERROR(CheckRoom(session));
  SPACEMOE_RETURN_IF_ERROR(CheckQueue(session));
  if (SessionObserver* const observer = ObserverOf(session))
    observer->OnQueued(session.order.sequence);
  queue_.push_back(std::move(session));
  const uint64_t sequence = next_sequence_++;
  Admit();
  return sequence;
}

int64_t Sessions::KvBytes(const Session& session) const {
  return session.order.capacity * limits_.kv_bytes_per_position;
}

absl::Status Sessions::CheckRoom(const Session& session) const {
  if (limits_.kv_bytes == 0 || KvBytes(session) <= limits_.kv_bytes) {
    return absl::OkStatus();
  }
  return absl::OutOfRangeError(
      absl::StrCat("a sequence of ", session.order.capacity,
                   " positions needs ", KvBytes(session),
                   " bytes of KV cache on every gateway; there is room for ",
                   limits_.kv_bytes));
}

bool Sessions::HasRoomFor(const Session& session) const {
  if (limits_.max_active > 0 && active_.size() >= limits_.max_active)
    return false;
  return limits_.kv_bytes == 0 ||
         kv_bytes_used_ + KvBytes(session) <= limits_.kv_bytes;
}

absl::Status Sessions::CheckQueue(const Session& session) const {
  // The coordinator's own wait, too, and are never turned away.
  if (session.order.spec.internal) return absl::OkStatus();
  if (limits_.max_queued == 0 || queue_.size() < limits_.max_queued)
    return absl::OkStatus();
  if (queue_.empty() && HasRoomFor(session)) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("busy: ", active_.size(), " sequences are running and ",
                   queue_.size(), " are waiting, the limit; try again later"));
}

void Sessions::Admit() {
  while (!queue_.empty() && HasRoomFor(queue_.front())) {
    Session session = std::move(queue_.front());
    queue_.pop_front();
    Begin(std::move(session));
  }
}

void Sessions::Begin(Session session) {
  kv_bytes_used_ += KvBytes(session);
  if (SessionObserver* const observer = ObserverOf(session)) {
    observer->OnAdmitted(
        session.order.sequence,
        static_cast<int64_t>(session.order.spec.prompt.size()));
  }
  session.sink->OnAdmitted(session.order.spec.prompt);
  fleet_->Inject(session.order);
  active_.emplace(session.order.sequence, std::move(session));
}

void Sessions::OnToken(const TokenReport& token) {
  const auto it = active_.find(token.sequence);
  if (it == active_.end()) return;
  Session& session = it->second;
  if (SessionObserver* const observer = ObserverOf(session))
    observer->OnToken(token, !session.has_token);
  session.has_token = true;
  session.sink->OnToken(token, TextOf(&session, token));
  if (session.stops.has_value() && session.stops->found()) {
    Finish(token.sequence, FinishReason::kStop);
  } else if (token.finish != FinishReason::kNone) {
    Finish(token.sequence, token.finish);
  }
}

std::string Sessions::TextOf(Session* session, const TokenReport& token) const {
  if (session->decoder == nullptr || token.end_token) return "";
  std::string piece = session->decoder->Push(token.token);
  if (session->stops.has_value()) piece = session->stops->Push(piece);
  session->text += piece;
  return piece;
}

void Sessions::OnLogits(const LogitsReport& logits) {
  const auto it = active_.find(logits.sequence);
  if (it == active_.end()) return;
  Session& session = it->second;
  session.logits_rows += logits.rows;
  session.sink->OnLogits(logits);
  if (session.logits_rows >=
      static_cast<int64_t>(session.order.spec.prompt.size())) {
    Finish(logits.sequence, FinishReason::kLength);
  }
}

void Sessions::Finish(uint64_t sequence, FinishReason reason) {
  Session& session = active_.at(sequence);
  FinishReport report;
  report.reason = reason;
  if (session.decoder != nullptr) {
    report.trailing_text = session.decoder->Flush();
    if (session.stops.has_value()) {
      report.trailing_text =
          session.stops->Push(report.trailing_text) + session.stops->Flush();
      // The last characters may complete one.
      if (session.stops->found()) report.reason = FinishReason::kStop;
    }
    report.text = session.text + report.trailing_text;
  }
  TellEnd(session, report.reason == FinishReason::kStop
                       ? SequenceFate::kStop
                       : SequenceFate::kLength);
  session.sink->OnFinished(report);
  Remove(sequence);
}

void Sessions::Remove(uint64_t sequence) {
  const auto it = active_.find(sequence);
  kv_bytes_used_ -= KvBytes(it->second);
  active_.erase(it);
  fleet_->Release(sequence);
  Admit();
}

void Sessions::Cancel(uint64_t sequence) {
  if (const auto it = active_.find(sequence); it != active_.end()) {
    TellEnd(it->second, SequenceFate::kCancelled);
    Remove(sequence);
    return;
  }
  std::erase_if(queue_, [this, sequence](const Session& session) {
    if (session.order.sequence != sequence) return false;
    TellEnd(session, SequenceFate::kCancelled);
    return true;
  });
  Admit();
}

void Sessions::FailAll(const absl::Status& status) {
  const auto fail = [&](const Session& session) {
    TellEnd(session, SequenceFate::kFailed);
    session.sink->OnError(status);
  };
  for (const auto& [sequence, session] : active_) fail(session);
  for (const Session& session : queue_) fail(session);
  active_.clear();
  queue_.clear();
  kv_bytes_used_ = 0;
}

}  // namespace spacemoe
