// Hears of what becomes of sequences: for metrics.
#ifndef SPACEMOE_COORDINATOR_CORE_SESSION_OBSERVER_H_
#define SPACEMOE_COORDINATOR_CORE_SESSION_OBSERVER_H_

#include <cstdint>

#include "coordinator/core/sequence.h"

namespace spacemoe {

enum class SequenceFate : uint8_t { kStop, kLength, kCancelled, kFailed };

// Called with the cluster's lock held: must not block and must not call back.
// Not of sequences that the coordinator asks for itself.
class SessionObserver {
 public:
  virtual ~SessionObserver() = default;
  virtual void OnQueued(uint64_t sequence) = 0;
  virtual void OnAdmitted(uint64_t sequence, int64_t prompt_tokens) = 0;
  // `first`: the lap is the time to the first token.
  virtual void OnToken(const TokenReport& token, bool first) = 0;
  virtual void OnEnded(uint64_t sequence, SequenceFate fate) = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_CORE_SESSION_OBSERVER_H_
