// The gateway of a layer: attention with its KV cache, router, shared part. A
// dense layer has no router, and its feed-forward block is its shared part.
#ifndef SPACEMOE_MODELS_ENGINE_GATEWAY_H_
#define SPACEMOE_MODELS_ENGINE_GATEWAY_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "models/engine/attention_block.h"
#include "models/engine/engine_context.h"
#include "models/engine/feed_forward.h"
#include "models/engine/kv_cache.h"
#include "models/engine/router.h"
#include "models/roles/roles.h"

namespace spacemoe {

class Gateway : public GatewayRole {
 public:
  // kv_bytes_limit: 0: none. The checkpoint is borrowed.
  static absl::StatusOr<std::unique_ptr<Gateway>> Create(
      const Checkpoint& checkpoint, int64_t layer, int64_t kv_bytes_limit,
      std::shared_ptr<EngineContext> context);

  int64_t hidden_size() const override { return config_.hidden_size; }
  bool has_shared() const override { return shared_.has_value(); }
  absl::Status Attend(absl::Span<const GatewayRow> rows, float* hidden,
                      float* normed, std::vector<Routing>* routing) override;
  absl::Status Shared(int64_t rows, const float* normed, float* out) override;
  void Release(uint64_t sequence) override { cache_.Release(sequence); }
  // Of all positions that are reserved.
  int64_t CacheBytes() const override { return cache_.bytes(); }
  double Flops(int64_t position) const override;

  // The shared part of `rows` rows, or nothing to do for a layer without one.
  // Its weights, if it has any, are valid until the next call.
  FeedForwardJob SharedJob(int64_t rows, const float* normed, float* out);

 private:
  Gateway(const ModelConfig& config, int64_t layer, int64_t kv_bytes_limit,
          std::shared_ptr<EngineContext> context);

  absl::Status Load(const WeightLoader& loader);
  absl::Status LoadNorms(const WeightLoader& loader);
  absl::Status LoadFeedForward(const WeightLoader& loader);

  void AttendRows(absl::Span<const GatewayRow> rows, float* hidden,
                  float* normed, std::vector<Routing>* routing);
  void ListFullRows(absl::Span<const GatewayRow> rows);
  // What attention reads: the residual stream, normed unless norms come after.
  const float* AttentionInput(const float* hidden, int64_t rows);
  void AddBranch(const float* attended, float* hidden);
  void NormAndRoute(const float* hidden, float* normed,
                    std::vector<Routing>* routing);
  void Route(const float* x, std::vector<Routing>* routing);
  const float* SharedWeights(int64_t rows, const float* normed);

  const float* Gathered(const float* x, Buffer buffer);
  float* Floats(Buffer buffer, int64_t rows, int64_t width) {
    return context_->workspace.Floats(buffer, rows * width);
  }
  int64_t full_rows() const { return static_cast<int64_t>(full_.size()); }

  // Constant after construction.
  const ModelConfig& config_;
  const int64_t layer_;
  const std::shared_ptr<EngineContext> context_;
  Arithmetic& arithmetic_;
  NormWeights attention_norm_;  // before attention, or after it: post_norm
  NormWeights ffn_norm_;        // unless post_norm
  std::unique_ptr<AttentionBlock> attention_;
  Weight output_;  // [hidden, attended width]
  at::Tensor output_bias_;
  std::optional<Router> router_;         // none in a dense layer
  std::optional<FeedForward> shared_;    // or a dense layer's block
  std::optional<Weight> shared_weight_;  // [1, hidden]

  KvCache cache_;

  // Of the call that is running; kept for their memory.
  std::vector<SequenceCache*> caches_;  // of each row
  std::vector<int64_t> full_;           // rows that are not cache_only
  bool all_full_ = true;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_GATEWAY_H_
