#include "models/engine/local_layer.h"

#include <cstring>
#include <numeric>
#include <utility>

#include "models/engine/torch_guard.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

void CopyFloats(const float* from, int64_t count, float* to) {
  std::memmove(to, from, static_cast<size_t>(count) * sizeof(float));
}

}  // namespace

absl::StatusOr<LocalLayer> LocalLayer::Create(
    const Checkpoint& checkpoint, int64_t layer, int64_t kv_bytes_limit,
    std::shared_ptr<EngineContext> context) {
  const ModelConfig& config = checkpoint.config();
  LocalLayer local;
  local.experts_count_ = config.Experts(layer);
  local.context_ = context;
  SPACEMOE_ASSIGN_OR_RETURN(
      local.gateway_,
      Gateway::Create(checkpoint, layer, kv_bytes_limit, context));
  std::vector<int32_t> ids(config.Experts(layer));
  std::iota(ids.begin(), ids.end(), 0);
  SPACEMOE_ASSIGN_OR_RETURN(
      local.experts_,
      Experts::Create(checkpoint, layer, std::move(ids), context));
  SPACEMOE_ASSIGN_OR_RETURN(
      local.combiner_, ResidualCombiner::Create(checkpoint, layer, context));
  return local;
}

absl::Status LocalLayer::Attend(LocalBatch& batch) {
  return gateway_->Attend(batch.rows, batch.hidden, batch.normed,
                          &batch.routing);
}

void LocalLayer::Compact(LocalBatch& batch) const {
  const int64_t width = gateway_->hidden_size();
  int64_t kept = 0;
  for (int64_t r = 0; r < batch.count(); ++r) {
    if (batch.rows[r].cache_only) continue;
    CopyFloats(batch.hidden + r * width, width, batch.hidden + kept * width);
    CopyFloats(batch.normed + r * width, width, batch.normed + kept * width);
    batch.rows[kept] = batch.rows[r];
    batch.routing[kept] = batch.routing[r];
    ++kept;
  }
  batch.rows.resize(kept);
  batch.routing.resize(kept);
}

void LocalLayer::GroupByExpert(LocalBatch& batch) const {
  batch.first_slot.assign(experts_count_ + 1, 0);
  for (const Routing& routing : batch.routing) {
    for (const ExpertChoice& c : routing) ++batch.first_slot[c.expert + 1];
  }
  std::partial_sum(batch.first_slot.begin(), batch.first_slot.end(),
                   batch.first_slot.begin());
  batch.next_slot = batch.first_slot;
}

// Copies each row's input to the slots of its experts.
void LocalLayer::PlaceRows(LocalBatch& batch) {
  const int64_t width = gateway_->hidden_size();
  const int64_t slots = batch.first_slot.back();
  Workspace& work = context_->workspace;
  float* in = work.Floats(Buffer::kExpertInput, slots * width);
  float* weights = work.Floats(Buffer::kExpertWeights, slots);
  float* out = work.Floats(Buffer::kExpertOut, slots * width);
  batch.combine.resize(batch.count());
  for (int64_t r = 0; r < batch.count(); ++r) {
    CombineRow& combine = batch.combine[r];
    combine.residual = batch.hidden + r * width;
    combine.shared = nullptr;
    combine.experts.clear();
    for (const ExpertChoice& c : batch.routing[r]) {
      const int64_t slot = batch.next_slot[c.expert]++;
      CopyFloats(batch.normed + r * width, width, in + slot * width);
      weights[slot] = c.weight;
      combine.experts.push_back(out + slot * width);
    }
  }
}

void LocalLayer::AddSharedJob(LocalBatch& batch) {
  if (!gateway_->has_shared()) return;
  const int64_t width = gateway_->hidden_size();
  float* out =
      context_->workspace.Floats(Buffer::kSharedOut, batch.count() * width);
  batch.jobs.push_back(gateway_->SharedJob(batch.count(), batch.normed, out));
  for (int64_t r = 0; r < batch.count(); ++r) {
    batch.combine[r].shared = out + r * width;
  }
}

void LocalLayer::AddExpertJobs(LocalBatch& batch) {
  const int64_t width = gateway_->hidden_size();
  const int64_t slots = batch.first_slot.back();
  Workspace& work = context_->workspace;
  const float* in = work.Floats(Buffer::kExpertInput, slots * width);
  const float* weights = work.Floats(Buffer::kExpertWeights, slots);
  float* out = work.Floats(Buffer::kExpertOut, slots * width);
  for (const int32_t expert : experts_->experts()) {
    const int64_t first = batch.first_slot[expert];
    const int64_t rows = batch.first_slot[expert + 1] - first;
    if (rows == 0) continue;
    batch.jobs.push_back({experts_->block(expert), in + first * width, rows,
                          weights + first, out + first * width});
  }
}

absl::Status LocalLayer::FeedForwardAndCombine(LocalBatch& batch) {
  return Guarded([&]() -> absl::Status {
    GroupByExpert(batch);
    PlaceRows(batch);
    batch.jobs.clear();
    AddSharedJob(batch);
    AddExpertJobs(batch);
    RunFeedForward(*context_, batch.jobs);
    SPACEMOE_RETURN_IF_ERROR(combiner_->Combine(batch.combine, batch.next));
    std::swap(batch.hidden, batch.next);
    return absl::OkStatus();
  });
}

}  // namespace spacemoe
