#include "models/engine/local_model.h"

#include <utility>

#include "models/engine/torch_guard.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {

absl::StatusOr<std::unique_ptr<LocalModel>> LocalModel::Create(
    const Checkpoint& checkpoint, const ComputeOptions& options) {
  SPACEMOE_RETURN_IF_ERROR(ValidateCompute(checkpoint, options));
  return Guarded([&]() -> absl::StatusOr<std::unique_ptr<LocalModel>> {
    std::unique_ptr<LocalModel> model(
        new LocalModel(checkpoint.config(), MakeContext(options)));
    SPACEMOE_RETURN_IF_ERROR(model->Load(checkpoint));
    return model;
  });
}

absl::Status LocalModel::Load(const Checkpoint& checkpoint) {
  SPACEMOE_ASSIGN_OR_RETURN(head_, Head::Create(checkpoint, context_));
  for (int64_t l = 0; l < config_.layers; ++l) {
    SPACEMOE_ASSIGN_OR_RETURN(
        LocalLayer layer,
        LocalLayer::Create(checkpoint, l, /*kv_bytes_limit=*/0, context_));
    layers_.push_back(std::move(layer));
  }
  return absl::OkStatus();
}

absl::StatusOr<const float*> LocalModel::Step(absl::Span<const LocalRow> rows) {
  return Guarded([&]() -> absl::StatusOr<const float*> {
    SPACEMOE_RETURN_IF_ERROR(Embed(rows));
    for (size_t l = 0; l < layers_.size(); ++l) {
      const auto layer = static_cast<int64_t>(l);
      const bool last = l + 1 == layers_.size();
      if (hidden_observer) {
        hidden_observer(layer, batch_.count(), batch_.hidden);
      }
      if (last && !observed()) MarkUnwantedRows(rows);
      SPACEMOE_RETURN_IF_ERROR(layers_[l].Attend(batch_));
      if (last) layers_[l].Compact(batch_);
      ObserveRouting(layer);
      SPACEMOE_RETURN_IF_ERROR(layers_[l].FeedForwardAndCombine(batch_));
    }
    return Logits(rows);
  });
}

absl::Status LocalModel::Embed(absl::Span<const LocalRow> rows) {
  const auto count = static_cast<int64_t>(rows.size());
  const int64_t floats = count * config_.hidden_size;
  Workspace& work = context_->workspace;
  batch_.hidden = work.Floats(Buffer::kHidden, floats);
  batch_.next = work.Floats(Buffer::kNextHidden, floats);
  batch_.normed = work.Floats(Buffer::kLayerNormed, floats);
  ids_.clear();
  batch_.rows.clear();
  for (const LocalRow& row : rows) {
    ids_.push_back(row.token);
    batch_.rows.push_back(
        {row.sequence, row.position, row.capacity, false, row.prompt_length});
  }
  return head_->Embed(ids_, batch_.hidden);
}

void LocalModel::MarkUnwantedRows(absl::Span<const LocalRow> rows) {
  for (size_t r = 0; r < rows.size(); ++r) {
    batch_.rows[r].cache_only = !rows[r].wants_logits;
  }
}

void LocalModel::ObserveRouting(int64_t layer) const {
  if (!routing_observer) return;
  for (size_t r = 0; r < batch_.rows.size(); ++r) {
    routing_observer(layer, batch_.rows[r].sequence, batch_.rows[r].position,
                     batch_.routing[r]);
  }
}

absl::StatusOr<const float*> LocalModel::Logits(
    absl::Span<const LocalRow> rows) {
  if (hidden_observer) {
    hidden_observer(config_.layers, batch_.count(), batch_.hidden);
  }
  if (observed()) {
    MarkUnwantedRows(rows);
    layers_.back().Compact(batch_);
  }
  const int64_t wanted = batch_.count();
  float* logits =
      context_->workspace.Floats(Buffer::kLogits, wanted * config_.vocab_size);
  if (wanted == 0) return logits;
  SPACEMOE_RETURN_IF_ERROR(head_->Logits(wanted, batch_.hidden, logits));
  return logits;
}

void LocalModel::Release(uint64_t sequence) {
  for (LocalLayer& layer : layers_) layer.Release(sequence);
}

}  // namespace spacemoe
