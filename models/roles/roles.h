// What the satellites of a layer compute, as narrow interfaces without
// libtorch, so that a satellite's core can be tested with fakes.
//
// Hidden states are float32, row-major [rows, hidden]. When the compute type
// is bfloat16 every value is one. A row's result never depends on the rows
// beside it. Roles are thread-compatible: one thread at a time calls a role.
// Errors: INTERNAL for a failed computation, RESOURCE_EXHAUSTED for a KV cache
// that has no room, FAILED_PRECONDITION for a position out of turn.
#ifndef SPACEMOE_MODELS_ROLES_ROLES_H_
#define SPACEMOE_MODELS_ROLES_ROLES_H_

#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/types/span.h"

namespace spacemoe {

struct ExpertChoice {
  int32_t expert = 0;
  float weight = 0;
};

// The experts chosen for a row, ascending ids. Empty: a dense layer.
using Routing = absl::InlinedVector<ExpertChoice, 4>;

// What meets at the next gateway for one row.
struct CombineRow {
  const float* residual = nullptr;  // [hidden]
  const float* shared = nullptr;    // [hidden], or null without a shared part
  // Weighted outputs, [hidden] each, in ascending expert id.
  absl::InlinedVector<const float*, 4> experts;
};

// A layer's own rule for its outputs: experts in ascending id, then the shared
// part, then the residual multiplier (or a post-norm), then the residual.
class LayerCombiner {
 public:
  virtual ~LayerCombiner() = default;
  // out: [rows, hidden].
  virtual absl::Status Combine(absl::Span<const CombineRow> rows,
                               float* out) = 0;
};

struct GatewayRow {
  uint64_t sequence = 0;
  int64_t position = 0;
  int64_t capacity = 0;       // positions to reserve when the sequence is new
  bool cache_only = false;    // only the KV cache is needed
  int64_t prompt_length = 0;  // of the sequence

  // What a rotation that depends on the text's length goes by: a prompt's rows
  // are rotated for the whole prompt, later ones for the text up to themselves.
  // A replay gives the same.
  int64_t length() const {
    return prompt_length > position ? prompt_length : position + 1;
  }
};

class GatewayRole {
 public:
  virtual ~GatewayRole() = default;

  virtual int64_t hidden_size() const = 0;
  virtual bool has_shared() const = 0;

  // Attention with the KV cache, residual add, norm, router.
  //   rows:    positions of a sequence ascend and follow what its cache holds
  //            (a repeated position is overwritten with the same values)
  //   hidden:  [rows, hidden], the residual stream, in and out
  //   normed:  [rows, hidden], out: what experts and shared part read
  //   routing: [rows], out
  // hidden, normed and routing of cache_only rows are unspecified.
  virtual absl::Status Attend(absl::Span<const GatewayRow> rows, float* hidden,
                              float* normed, std::vector<Routing>* routing) = 0;

  // The shared part. normed, out: [rows, hidden]. Only when has_shared().
  virtual absl::Status Shared(int64_t rows, const float* normed,
                              float* out) = 0;

  // Frees a sequence's KV cache. Unknown sequences are ignored.
  virtual void Release(uint64_t sequence) = 0;

  // Bytes of KV cache that are held.
  virtual int64_t CacheBytes() const = 0;

  // Floating-point operations of Attend and Shared for one row at `position`.
  virtual double Flops(int64_t position) const = 0;
};

class ExpertRole {
 public:
  virtual ~ExpertRole() = default;
  virtual const std::vector<int32_t>& experts() const = 0;
  // out[r] = weights[r] * expert(normed[r]). normed, out: [rows, hidden].
  virtual absl::Status Run(int32_t expert, int64_t rows, const float* normed,
                           const float* weights, float* out) = 0;
  // Of one row of one expert.
  virtual double Flops() const = 0;
};

// A layer as a whole: gateway, shared part, all experts and their combination
// in one call, which shares out its work better than its parts can.
class LayerRole {
 public:
  virtual ~LayerRole() = default;

  virtual int64_t hidden_size() const = 0;

  // rows as for GatewayRole. hidden: [rows, hidden], in: the residual stream;
  // out: the layer's outputs of the rows that are not cache_only, in order.
  virtual absl::Status Run(absl::Span<const GatewayRow> rows,
                           float* hidden) = 0;

  // Frees a sequence's KV cache. Unknown sequences are ignored.
  virtual void Release(uint64_t sequence) = 0;

  // Of one row at `position`, all its experts included.
  virtual double Flops(int64_t position) const = 0;
};

class HeadRole {
 public:
  virtual ~HeadRole() = default;
  virtual int64_t hidden_size() const = 0;
  virtual int64_t vocab_size() const = 0;
  // out: [ids, hidden]. INVALID_ARGUMENT for an id outside the vocabulary.
  virtual absl::Status Embed(absl::Span<const int64_t> ids, float* out) = 0;
  // Final norm and LM head. hidden: [rows, hidden]; logits: [rows, vocab].
  // INTERNAL for logits that are not finite.
  virtual absl::Status Logits(int64_t rows, const float* hidden,
                              float* logits) = 0;
  // Of one row of Logits.
  virtual double Flops() const = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ROLES_ROLES_H_
