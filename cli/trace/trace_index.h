// Finds the events that a row of a token took part in.
#ifndef SPACEMOE_CLI_TRACE_TRACE_INDEX_H_
#define SPACEMOE_CLI_TRACE_TRACE_INDEX_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "cli/trace/trace_log.h"

namespace spacemoe {

struct RowId {
  uint64_t sequence = 0;
  uint32_t position = 0;
};

// Where a row comes by. `index`: of an expert satellite in the plan, else 0.
enum class PlaceKind : uint8_t { kLayer, kExperts, kHead, kInject };
struct Place {
  PlaceKind kind = PlaceKind::kLayer;
  uint32_t layer = 0;  // kLayer and kExperts
  uint32_t index = 0;
};

// Borrowed from the log.
struct StepAt {
  uint32_t index = 0;  // of the satellite
  const TraceStep* step = nullptr;
};
struct FlightTo {
  uint32_t index = 0;  // of the receiver
  const TraceFlight* flight = nullptr;
};

// Of the rows that end in a token: a prompt's other rows are not looked up.
class TraceIndex {
 public:
  // The log is borrowed.
  explicit TraceIndex(const TraceLog& log);

  // The step of this row there that was the last to begin by `time_ns`; its
  // step is null when there is none.
  StepAt StepBefore(const RowId& row, const Place& place,
                    int64_t time_ns) const;
  // The packet with this row for that place that came last by `time_ns`.
  FlightTo FlightBefore(const RowId& row, const Place& place,
                        int64_t time_ns) const;

  // Index in the plan of a satellite of the constellation; false: none.
  bool FindSatellite(uint32_t satellite, uint32_t* index) const;

  // By emission.
  const std::vector<const TraceToken*>& tokens() const { return tokens_; }
  const TraceLog& log() const { return log_; }

 private:
  // Sequence, position, place.
  using Key = std::pair<std::pair<uint64_t, uint32_t>, uint64_t>;
  template <typename Event>
  using Table = absl::flat_hash_map<Key, absl::InlinedVector<Event, 1>>;

  static Key KeyOf(const RowId& row, const Place& place);
  void CollectTokens();
  void AddSteps(uint32_t index);
  void AddFlights(uint32_t index);
  template <typename Event>
  void Add(const RowRuns& rows, const Place& place, const Event& event,
           Table<Event>* table);

  const TraceLog& log_;
  std::vector<const TraceToken*> tokens_;
  absl::flat_hash_map<uint32_t, uint32_t> index_of_;  // by satellite id
  // Positions whose rows end in tokens, ascending.
  absl::flat_hash_map<uint64_t, std::vector<uint32_t>> wanted_;
  Table<StepAt> steps_;
  Table<FlightTo> flights_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_TRACE_TRACE_INDEX_H_
