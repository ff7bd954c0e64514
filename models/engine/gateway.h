// The gateway of a layer: attention with its KV cache, router, shared part.
#ifndef SPACEMOE_MODELS_ENGINE_GATEWAY_H_
#define SPACEMOE_MODELS_ENGINE_GATEWAY_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "models/engine/engine_context.h"
#include "models/engine/feed_forward.h"
#include "models/engine/gateway_weights.h"
#include "models/engine/kv_cache.h"
#include "models/engine/rotary.h"
#include "models/engine/routing.h"
#include "models/roles/roles.h"

namespace spacemoe {

class Gateway : public GatewayRole {
 public:
  // kv_bytes_limit: 0: none. The checkpoint is borrowed.
  static absl::StatusOr<std::unique_ptr<Gateway>> Create(
      const Checkpoint& checkpoint, int64_t layer, int64_t kv_bytes_limit,
      std::shared_ptr<EngineContext> context);

  int64_t hidden_size() const override { return config_.hidden_size; }
  bool has_shared() const override { return weights_.shared.has_value(); }
  absl::Status Attend(absl::Span<const GatewayRow> rows, float* hidden,
                      float* normed, std::vector<Routing>* routing) override;
  absl::Status Shared(int64_t rows, const float* normed, float* out) override;
  void Release(uint64_t sequence) override { cache_.Release(sequence); }
  // Of all positions that are reserved.
  int64_t CacheBytes() const override { return cache_.bytes(); }
  double Flops(int64_t position) const override;

  // nullptr without a shared part.
  const FeedForward* shared_part() const {
    return weights_.shared ? &*weights_.shared : nullptr;
  }

 private:
  Gateway(const ModelConfig& config, int64_t kv_bytes_limit,
          std::shared_ptr<EngineContext> context);

  void AttendRows(absl::Span<const GatewayRow> rows, float* hidden,
                  float* normed, std::vector<Routing>* routing);
  void ListFullRows(absl::Span<const GatewayRow> rows);
  void Project(int64_t rows, const float* x);
  void RotateAndAppend(absl::Span<const GatewayRow> rows);
  void RotateQuery(int64_t full_row, const float* cos, const float* sin);
  void AppendKeyValue(int64_t row, int64_t position, const float* cos,
                      const float* sin);
  void Attention(absl::Span<const GatewayRow> rows);
  void AddBranch(float* hidden);
  void NormAndRoute(const float* hidden, float* normed,
                    std::vector<Routing>* routing);

  const float* Gathered(const float* x, Buffer buffer);
  float* Floats(Buffer buffer, int64_t rows, int64_t width) {
    return context_->workspace.Floats(buffer, rows * width);
  }
  int64_t full_rows() const { return static_cast<int64_t>(full_.size()); }
  int64_t FirstKey(int64_t position) const;

  // Constant after construction.
  const ModelConfig& config_;
  const std::shared_ptr<EngineContext> context_;
  Arithmetic& arithmetic_;
  const Rotary rotary_;
  const AttentionShape shape_;
  const RoutingRule rule_;
  GatewayWeights weights_;

  KvCache cache_;

  // Of the call that is running; kept for their memory.
  std::vector<SequenceCache*> caches_;   // of each row
  std::vector<int64_t> full_;            // rows that are not cache_only
  std::vector<AttentionQuery> queries_;  // of the full rows
  bool all_full_ = true;
  float* q_ = nullptr;         // [full rows, heads * head_dim]
  float* k_ = nullptr;         // [rows, kv_heads * head_dim]
  float* v_ = nullptr;         // likewise
  float* attended_ = nullptr;  // [full rows, heads * head_dim]
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_GATEWAY_H_
