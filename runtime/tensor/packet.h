// What travels between satellites, as plain values.
#ifndef SPACEMOE_RUNTIME_TENSOR_PACKET_H_
#define SPACEMOE_RUNTIME_TENSOR_PACKET_H_

#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "runtime/trace/latency_breakdown.h"

namespace spacemoe {

// Rows of a prompt that a packet brings and a step takes at most, unless a
// satellite's options say otherwise.
inline constexpr int kPromptRowsPerStep = 64;

enum class PacketKind : uint8_t {
  kDispatch,  // gateway l -> experts of l: normed hidden states
  kResidual,  // gateway l-1 -> gateway l (or the head): residual stream
  kOutput,    // experts of l-1 -> gateway l (or the head): weighted outputs
};

// When a packet left and when it is due, emulated nanoseconds since the plan's
// epoch. due = departure + queueing + propagation + processing + serialization.
struct LinkStamp {
  int64_t departure_ns = 0;
  int64_t due_ns = 0;
  int64_t propagation_ns = 0;
  int64_t processing_ns = 0;
  int64_t serialization_ns = 0;
  int64_t queueing_ns = 0;  // at the sender's first link
  uint32_t hops = 0;
};

struct ExpertWeight {
  uint32_t expert = 0;
  float weight = 0;
  friend bool operator==(const ExpertWeight&, const ExpertWeight&) = default;
};

struct RowHeader {
  uint64_t sequence = 0;
  uint32_t position = 0;
  uint32_t attempt = 0;
  uint32_t capacity = 0;       // positions reserved at admission
  uint32_t prompt_length = 0;  // of the sequence
  bool cache_only = false;     // fills the KV caches; nobody needs its output
  bool prompt = false;
  // From the lap's start to the packet's departure.
  LatencyBreakdown spent;
  // kDispatch: the experts to run, with weights. kResidual: those to wait for.
  // kOutput: the one whose output this is. Ascending ids.
  absl::InlinedVector<ExpertWeight, 4> experts;
};

struct Packet {
  PacketKind kind = PacketKind::kResidual;
  uint32_t layer = 0;  // that the receiver serves; the layer count: the head
  uint32_t source = 0;
  uint32_t destination = 0;
  LinkStamp link;
  std::vector<RowHeader> rows;
  uint32_t width = 0;
  // kResidual: the residual, then the shared part if there is one; each on its
  // own, never summed.
  uint32_t vectors_per_row = 1;
  bool has_shared = false;
  // kResidual of a satellite that holds a whole layer, or of the head: the
  // residual is the layer's result. No outputs come and nothing is to be
  // combined.
  bool combined = false;
  uint32_t sequences_in_flight = 1;
  // [rows, vectors_per_row, width]. When `bfloat16`, every value is one and
  // two bytes of it travel: nothing is rounded on the way.
  bool bfloat16 = false;
  std::vector<float> values;

  const float* row_values(size_t row) const {
    return values.data() + row * vectors_per_row * width;
  }
};

// Bytes that the packet occupies on a laser link: its values and 64 bytes of
// header a row. Used for serialisation delays.
int64_t LinkBytes(const Packet& packet);
// Of one row whose values take `value_bytes`.
int64_t RowLinkBytes(int64_t value_bytes);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TENSOR_PACKET_H_
