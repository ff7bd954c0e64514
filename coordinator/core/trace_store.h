// Keeps what satellites record of a traced run until a client asks for it.
#ifndef SPACEMOE_COORDINATOR_CORE_TRACE_STORE_H_
#define SPACEMOE_COORDINATOR_CORE_TRACE_STORE_H_

#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace spacemoe {

// What a satellite sends: events in a form that the store does not read.
struct TraceReport {
  std::string batch;
  uint64_t events = 0;   // in the batch
  uint64_t dropped = 0;  // that found no room on the satellite
  bool last = false;     // answers a request
};

struct StoredTrace {
  struct Batch {
    int index = 0;  // of the satellite in the plan
    std::string bytes;
  };
  std::vector<Batch> batches;
  uint64_t dropped = 0;  // events that found no room, there or here
};

// Not thread-safe. Satellites answer in the order in which they are asked.
class TraceStore {
 public:
  // Must not block and must not call back.
  using Done = std::function<void(absl::StatusOr<StoredTrace>)>;

  // Keeps `max_bytes` of events at most and drops what comes then.
  TraceStore(int satellites, uint64_t max_bytes)
      : satellites_(satellites), max_bytes_(max_bytes) {}

  // A new run begins.
  void Clear();
  void Add(int index, TraceReport report);

  // Takes everything once all satellites have answered; the caller asks every
  // satellite once for each Gather.
  void Gather(Done done);
  void FailAll(const absl::Status& status);

 private:
  struct Round {
    std::vector<bool> answered;
    int missing = 0;
    Done done;
  };

  void Answer(int index);

  const int satellites_;
  const uint64_t max_bytes_;
  uint64_t bytes_ = 0;
  StoredTrace stored_;
  std::list<Round> rounds_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_CORE_TRACE_STORE_H_
