// One layer in one process: its gateway, all its experts and its rule for
// their outputs.
#ifndef SPACEMOE_MODELS_ENGINE_LOCAL_LAYER_H_
#define SPACEMOE_MODELS_ENGINE_LOCAL_LAYER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "models/engine/combiner.h"
#include "models/engine/experts.h"
#include "models/engine/gateway.h"

namespace spacemoe {

// What moves from layer to layer; its vectors are kept for their memory.
struct LocalBatch {
  std::vector<GatewayRow> rows;
  float* hidden = nullptr;  // [rows, hidden], the residual stream
  float* normed = nullptr;  // [rows, hidden]
  float* next = nullptr;    // [rows, hidden], where the layer's output goes
  std::vector<Routing> routing;
  // (Row, choice) pairs by expert: the outputs of expert e are the slots
  // [first_slot[e], first_slot[e + 1]).
  std::vector<int64_t> first_slot;
  std::vector<int64_t> next_slot;
  std::vector<CombineRow> combine;
  std::vector<FeedForwardJob> jobs;

  int64_t count() const { return static_cast<int64_t>(rows.size()); }
};

// Thread-compatible.
class LocalLayer {
 public:
  // kv_bytes_limit: 0: none.
  static absl::StatusOr<LocalLayer> Create(
      const Checkpoint& checkpoint, int64_t layer, int64_t kv_bytes_limit,
      std::shared_ptr<EngineContext> context);

  int64_t hidden_size() const { return gateway_->hidden_size(); }
  const Gateway& gateway() const { return *gateway_; }
  const Experts& experts() const { return *experts_; }

  // Fills normed and routing.
  absl::Status Attend(LocalBatch& batch);
  // Drops the rows that are cache_only.
  void Compact(LocalBatch& batch) const;
  // Experts, shared part and combination; the output becomes batch.hidden.
  absl::Status FeedForwardAndCombine(LocalBatch& batch);

  void Release(uint64_t sequence) { gateway_->Release(sequence); }

 private:
  void GroupByExpert(LocalBatch& batch) const;
  void PlaceRows(LocalBatch& batch);
  void AddSharedJob(LocalBatch& batch);
  void AddExpertJobs(LocalBatch& batch);

  int64_t experts_count_ = 0;
  std::shared_ptr<EngineContext> context_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<Experts> experts_;
  std::unique_ptr<ResidualCombiner> combiner_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_LOCAL_LAYER_H_
