// One role at work, without threads: what a worker drives.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_STATION_H_
#define SPACEMOE_SATELLITE_NODE_CORE_STATION_H_

#include <cstdint>
#include <deque>
#include <limits>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "satellite_node/core/arrival.h"

namespace spacemoe {

inline constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// Takes packets that a station has made. Stamps them and sees to their way.
class PacketSink {
 public:
  virtual ~PacketSink() = default;
  // packet.link.departure_ns is set; the rest of the stamp is the sink's.
  virtual absl::Status Emit(Packet packet) = 0;
  // All that leaves together.
  virtual absl::Status EmitAll(std::vector<Packet> packets) {
    for (Packet& packet : packets) {
      const absl::Status emitted = Emit(std::move(packet));
      if (!emitted.ok()) return emitted;
    }
    return absl::OkStatus();
  }
};

// Thread-compatible.
class Station {
 public:
  virtual ~Station() = default;

  // A packet whose time has come.
  virtual void Accept(const Arrival& arrival) = 0;

  // Forgets a sequence. What still comes of it is ignored.
  virtual void Release(uint64_t sequence) = 0;

  // When the next step may start; kNever while nothing is runnable.
  virtual int64_t NextStep() const = 0;

  // Runs one batch. Only when NextStep() has come. An error is for good.
  virtual absl::Status Step() = 0;
};

// The latest sequences that were released: late packets of theirs are ignored.
// Ids are never used twice. Bounded: a packet is late by seconds at most.
class DeadSequences {
 public:
  static constexpr size_t kKept = 1 << 16;

  void Add(uint64_t sequence) {
    if (!dead_.insert(sequence).second) return;
    order_.push_back(sequence);
    if (order_.size() <= kKept) return;
    dead_.erase(order_.front());
    order_.pop_front();
  }
  bool Contains(uint64_t sequence) const { return dead_.contains(sequence); }

 private:
  absl::flat_hash_set<uint64_t> dead_;
  std::deque<uint64_t> order_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_STATION_H_
