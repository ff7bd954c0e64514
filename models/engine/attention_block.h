// Attention with its KV cache, without the norms around it and without the
// output projection: what differs between families.
#ifndef SPACEMOE_MODELS_ENGINE_ATTENTION_BLOCK_H_
#define SPACEMOE_MODELS_ENGINE_ATTENTION_BLOCK_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/config/model_config.h"
#include "models/engine/engine_context.h"
#include "models/engine/kv_cache.h"
#include "models/engine/weight_loader.h"
#include "models/roles/roles.h"

namespace spacemoe {

// The rows of one step. "Full" rows are those that are not cache_only.
struct AttentionRows {
  absl::Span<const GatewayRow> rows;
  absl::Span<SequenceCache* const> caches;  // of each row
  absl::Span<const int64_t> full;           // indices of the full rows
  const float* x = nullptr;                 // [rows, hidden]
  const float* full_x = nullptr;            // [full rows, hidden]

  int64_t count() const { return static_cast<int64_t>(rows.size()); }
  int64_t full_count() const { return static_cast<int64_t>(full.size()); }
};

// Thread-compatible.
class AttentionBlock {
 public:
  virtual ~AttentionBlock() = default;

  // Fills the rows' places in their caches, then attends. Result: [full rows,
  // ModelConfig::AttendedWidth], null without full rows; valid until the next
  // call.
  virtual const float* Attend(const AttentionRows& rows) = 0;

  // Of one row that sees `keys` keys.
  virtual double Flops(double keys) const = 0;
};

// Of the kind that the config says. The config is borrowed.
absl::StatusOr<std::unique_ptr<AttentionBlock>> MakeAttention(
    const ModelConfig& config, int64_t layer, const WeightLoader& loader,
    std::shared_ptr<EngineContext> context);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_ATTENTION_BLOCK_H_
