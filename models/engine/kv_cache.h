// Keys and values of the sequences that one gateway serves.
#ifndef SPACEMOE_MODELS_ENGINE_KV_CACHE_H_
#define SPACEMOE_MODELS_ENGINE_KV_CACHE_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "models/roles/roles.h"

namespace spacemoe {

// One sequence: float32, [capacity, width] each; no values where keys are all
// there is (latent attention). Address space is reserved for the whole capacity
// at once; memory is used only as positions fill.
struct SequenceCache {
  at::Tensor keys;
  at::Tensor values;
  int64_t key_width = 0;
  int64_t value_width = 0;
  int64_t capacity = 0;
  int64_t length = 0;  // positions [0, length) are held

  float* Key(int64_t position) {
    return keys.data_ptr<float>() + position * key_width;
  }
  float* Value(int64_t position) {
    return values.data_ptr<float>() + position * value_width;
  }
};

// Thread-compatible.
class KvCache {
 public:
  // Floats of a position; value_width may be 0. bytes_limit: of all capacities;
  // 0: none.
  KvCache(int64_t key_width, int64_t value_width, int64_t bytes_limit);
  ~KvCache();

  // Makes room for the rows, in order: (*caches)[r] is row r's sequence, whose
  // length then counts the row's position. A sequence that is new reserves
  // row.capacity positions. On an error nothing has changed:
  // RESOURCE_EXHAUSTED above the limit or the capacity, FAILED_PRECONDITION
  // for a position that leaves a gap after those that are held.
  absl::Status Extend(absl::Span<const GatewayRow> rows,
                      std::vector<SequenceCache*>* caches);

  void Release(uint64_t sequence);

  // Of all capacities.
  int64_t bytes() const { return bytes_; }

 private:
  absl::Status ExtendRow(const GatewayRow& row, SequenceCache** cache);
  absl::Status Reserve(const GatewayRow& row);
  void Undo(absl::Span<const GatewayRow> rows,
            const std::vector<int64_t>& lengths);

  int64_t BytesOf(int64_t capacity) const;

  const int64_t key_width_;
  const int64_t value_width_;
  const int64_t bytes_limit_;
  int64_t bytes_ = 0;
  absl::flat_hash_map<uint64_t, std::unique_ptr<SequenceCache>> sequences_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_KV_CACHE_H_
