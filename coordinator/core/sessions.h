// The sequences that clients have asked for: admission, tokens, ends.
#ifndef SPACEMOE_COORDINATOR_CORE_SESSIONS_H_
#define SPACEMOE_COORDINATOR_CORE_SESSIONS_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/core/request_check.h"
#include "coordinator/core/sequence.h"
#include "coordinator/core/session_observer.h"
#include "coordinator/core/stop_finder.h"
#include "coordinator/core/text_decoder.h"

namespace spacemoe {

struct SessionLimits {
  RequestLimits request;
  // Keys and values that one position takes on a gateway, and what a gateway
  // has room for; 0: no limit. Sequences beyond it wait for room.
  int64_t kv_bytes_per_position = 0;
  int64_t kv_bytes = 0;
  // Sequences on the ring at once, and those that wait for room; 0: no limit.
  size_t max_active = 0;
  size_t max_queued = 0;
};

// The satellites that keep something for a sequence. Must not block.
class SequenceFleet {
 public:
  virtual ~SequenceFleet() = default;
  virtual void Inject(const SequenceOrder& order) = 0;
  virtual void Release(uint64_t sequence) = 0;
};

// Not thread-safe: the cluster's lock guards it.
class Sessions {
 public:
  // `fleet` and `observer`, which may be null, are borrowed and outlive the
  // sessions.
  Sessions(SessionLimits limits, std::vector<int64_t> end_tokens,
           TextDecoderFactory text, SequenceFleet* fleet,
           SessionObserver* observer = nullptr);

  // Admits a sequence or queues it, first come first served, and returns its
  // number. `sink` is borrowed until the sequence has ended or was cancelled.
  // Errors as CheckRequest; OUT_OF_RANGE for one that never has room,
  // RESOURCE_EXHAUSTED when too many wait already.
  absl::StatusOr<uint64_t> Start(SequenceSpec spec, SequenceSink* sink);

  // Reports of sequences that are gone are ignored.
  void OnToken(const TokenReport& token);
  void OnLogits(const LogitsReport& logits);

  // Frees a sequence everywhere; its sink hears nothing more.
  void Cancel(uint64_t sequence);
  // Ends every sequence with this error.
  void FailAll(const absl::Status& status);

  size_t active() const { return active_.size(); }
  size_t queued() const { return queue_.size(); }
  int64_t kv_bytes_used() const { return kv_bytes_used_; }

 private:
  struct Session {
    SequenceOrder order;
    SequenceSink* sink = nullptr;
    std::unique_ptr<TextDecoder> decoder;  // null without a tokenizer
    std::optional<StopFinder> stops;       // unset: there are none
    std::string text;
    int64_t logits_rows = 0;
    bool has_token = false;
  };

  // Null for those that nobody observes.
  SessionObserver* ObserverOf(const Session& session) const;
  void TellEnd(const Session& session, SequenceFate fate) const;
  int64_t KvBytes(const Session& session) const;
  absl::Status CheckRoom(const Session& session) const;
  bool HasRoomFor(const Session& session) const;
  absl::Status CheckQueue(const Session& session) const;
  void Admit();
  void Begin(Session session);
  std::string TextOf(Session* session, const TokenReport& token) const;
  void Finish(uint64_t sequence, FinishReason reason);
  void Remove(uint64_t sequence);

  const SessionLimits limits_;
  const std::vector<int64_t> end_tokens_;
  const TextDecoderFactory text_;
  SequenceFleet* const fleet_;
  SessionObserver* const observer_;  // or null

  uint64_t next_sequence_ = 1;
  int64_t kv_bytes_used_ = 0;
  std::deque<Session> queue_;
  absl::btree_map<uint64_t, Session> active_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_CORE_SESSIONS_H_
