// Whether the ring works, as far as tokens tell.
#ifndef SPACEMOE_COORDINATOR_CORE_READINESS_H_
#define SPACEMOE_COORDINATOR_CORE_READINESS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace spacemoe {

struct ReadinessRules {
  // A ring without a token for so long is asked for one; zero: never.
  absl::Duration interval;
  // A ring that was asked and gives none for so long is not ready.
  absl::Duration timeout = absl::Seconds(30);
};

// A pure state machine; not thread-safe. Times are nanoseconds of any clock
// that only goes forward.
class Readiness {
 public:
  explicit Readiness(ReadinessRules rules) : rules_(rules) {}

  // Any sequence's token is proof.
  void OnToken(int64_t now_ns) {
    last_token_ns_ = now_ns;
    stale_ = false;
  }

  // Every interval. True: ask the ring for a token, then tell OnProbeEnded.
  bool Check(int64_t now_ns);
  void OnProbeEnded() { probing_ = false; }

  // UNAVAILABLE: for how long no token has come.
  absl::Status Status(int64_t now_ns) const;

 private:
  bool IsLongerThan(absl::Duration limit, int64_t since_ns,
                    int64_t now_ns) const {
    return absl::Nanoseconds(now_ns - since_ns) >= limit;
  }

  const ReadinessRules rules_;
  int64_t last_token_ns_ = 0;
  int64_t probed_ns_ = 0;
  bool probing_ = false;
  bool stale_ = false;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_CORE_READINESS_H_
