// One satellite: its roles, what has arrived for them, and the emulated clock.
//
// Time (docs/architecture.md, "The clock"). All times are emulated. A packet is
// due at the time its stamp says; when it arrives later than that (the host was
// slow), it counts from its arrival and the gap is booked as software. A step
// starts at max(readiness of all its rows, satellite free) and its outputs
// leave at start + compute. Waiting between readiness and start is queueing.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_SATELLITE_H_
#define SPACEMOE_SATELLITE_NODE_CORE_SATELLITE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/roles/roles.h"
#include "models/sampler/logprobs.h"
#include "models/sampler/sampler.h"
#include "runtime/base/clock.h"
#include "runtime/link/link_model.h"
#include "runtime/tensor/packet.h"
#include "runtime/trace/latency_breakdown.h"
#include "runtime/trace/link_statistics.h"
#include "runtime/trace/step_counters.h"
#include "runtime/trace/trace_sink.h"
#include "satellite_node/core/copy_chooser.h"
#include "satellite_node/core/waiter.h"

namespace spacemoe {

struct SatelliteOptions {
  uint32_t satellite = 0;  // id in the constellation
  uint32_t layers = 0;     // of the model
  uint32_t layer = 0;      // of the gateway or the experts
  // The gateway's peers.
  absl::flat_hash_map<uint32_t, uint32_t> expert_homes;  // expert -> satellite
  uint32_t next_satellite = 0;  // the next gateway; the head after the last
  uint32_t first_gateway = 0;   // the head sends new rows there
  // Values are bfloat16 and travel as such.
  bool bfloat16 = false;
  // 0: compute is the CPU time of the step. Otherwise FLOPs / this.
  double modelled_flops = 0;
  // Rows of a prompt that one step takes, besides its decode rows.
  int max_prompt_rows = kPromptRowsPerStep;
  // The sequences in flight go round as one batch, for which each satellite
  // may use the whole host: decode rows that came in one residual packet wait
  // for each other, too (see Cohorts), and a step takes them all. False: half
  // of them, so that several satellites work at once.
  bool one_batch = false;
  // Counts steps. Borrowed; null: nobody does.
  StepCounters* counters = nullptr;
  // Hears of steps, packets and tokens. Borrowed; null: nobody does.
  TraceSink* trace = nullptr;
};

// What a satellite holds; null where it does not. Of its layer it is the
// gateway, or some experts, or both, or the whole layer as one role. The
// combiner is that of the layer before; a gateway or layer l > 0 and the head
// need it.
struct SatelliteRoleSet {
  std::unique_ptr<GatewayRole> gateway;
  std::unique_ptr<ExpertRole> experts;
  std::unique_ptr<LayerRole> layer;
  std::unique_ptr<LayerCombiner> layer_combiner;  // of the gateway or layer
  // Of the gateway, where experts have copies; null: options.expert_homes.
  std::unique_ptr<CopyChooser> copies;
  std::unique_ptr<HeadRole> head;
  std::unique_ptr<LayerCombiner> head_combiner;
};

struct SequenceRequest {
  uint64_t sequence = 0;
  std::vector<int64_t> prompt;
  int64_t max_tokens = 1;
  SamplingOptions sampling;
  std::vector<int64_t> end_tokens;  // none: never stops early
  bool want_logits = false;         // of every prompt position; no sampling
  int64_t capacity = 0;             // KV positions, prompt included
  std::optional<int> logprobs;      // as SequenceSampler takes it
};

enum class SequenceEnd : uint8_t { kNone, kStop, kLength };

struct TokenRecord {
  uint64_t sequence = 0;
  int64_t position = 0;  // of the new token
  int64_t token = 0;
  bool end_token = false;
  SequenceEnd end = SequenceEnd::kNone;
  int64_t emitted_ns = 0;
  // Since the previous token's emission, or since injection; lap adds up to it.
  int64_t lap_ns = 0;
  LatencyBreakdown lap;
  std::optional<TokenLogprobs> logprobs;
};

struct LogitsRecord {
  uint64_t sequence = 0;
  int64_t first_position = 0;
  int64_t rows = 0;
  std::vector<float> values;  // [rows, vocab]
  bool last = false;          // no more follow: the request is done
};

// Takes packets for other satellites, their stamps set. Thread-safe; must not
// block on the network.
class Outbox {
 public:
  virtual ~Outbox() = default;
  virtual void Send(Packet packet) = 0;
};

// What a satellite tells its coordinator. Called from the satellite's threads;
// thread-safe; must not block.
class SatelliteListener {
 public:
  virtual ~SatelliteListener() = default;
  // Those of one step, at least one.
  virtual void OnTokens(absl::Span<const TokenRecord> records) = 0;
  virtual void OnLogits(LogitsRecord record) = 0;
  // The satellite can't go on.
  virtual void OnFault(const absl::Status& status) = 0;
};

// All methods are thread-safe. Each role set runs on threads of its own: one
// for the layer's work, one for the head's.
class Satellite {
 public:
  // `clock`, `links`, `outbox` and `listener` are borrowed and outlive the
  // satellite. `layer_waiter`: how the layer's thread waits; null: for Deliver
  // to be called by others. INVALID_ARGUMENT when roles and options contradict
  // each other.
  static absl::StatusOr<std::unique_ptr<Satellite>> Create(
      SatelliteOptions options, SatelliteRoleSet roles, const Clock* clock,
      LinkModel* links, Outbox* outbox, SatelliteListener* listener,
      std::unique_ptr<Waiter> layer_waiter = nullptr);

  virtual ~Satellite() = default;

  // A packet from another satellite, that came in at clock->Now(). Packets for
  // a role that this satellite lacks are INVALID_ARGUMENT; those of dead
  // sequences are ignored.
  virtual absl::Status Deliver(Packet packet) = 0;

  // Head only (FAILED_PRECONDITION elsewhere): starts a sequence.
  virtual absl::Status Inject(SequenceRequest request) = 0;

  // Forgets a sequence: its caches, what waits, what still comes.
  virtual void Release(uint64_t sequence) = 0;

  // Of the packets that came from other satellites. `restart`: counts from now
  // on.
  virtual LinkStatistics Statistics(bool restart) = 0;

  // Packets that have come and are not due, or wait for the satellite.
  virtual size_t PacketsHeld() = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_SATELLITE_H_
