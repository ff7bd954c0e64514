// Attention with grouped queries (Ainslie et al. 2023, arXiv:2305.13245), in
// this order: projections with their biases, norms over heads or the whole
// width, clipping, rotation, norms that come after it, the temperature of
// layers without rotation; then softmax(scale q.k) v over a window or chunk.
#ifndef SPACEMOE_MODELS_ENGINE_GROUPED_ATTENTION_H_
#define SPACEMOE_MODELS_ENGINE_GROUPED_ATTENTION_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "models/engine/attention_block.h"
#include "models/engine/rotary.h"

namespace spacemoe {

class GroupedAttention : public AttentionBlock {
 public:
  GroupedAttention(const ModelConfig& config, int64_t layer,
                   std::shared_ptr<EngineContext> context);
  absl::Status Load(const WeightLoader& loader);

  const float* Attend(const AttentionRows& rows) override;
  double Flops(double keys) const override;

 private:
  absl::Status LoadNorms(const WeightLoader& loader);
  void Project(const AttentionRows& rows);
  void NormAndClip(const AttentionRows& rows);
  void RotateAndAppend(const AttentionRows& rows);
  // One row's heads, in place.
  void Turn(const NormWeights& norm, int64_t heads, float* x);
  void Temper(int64_t position, float* q);
  const float* AttendRows(const AttentionRows& rows);

  bool NormsHeadsAfterRope() const;

  // Constant after Load.
  const ModelConfig& config_;
  const int64_t layer_;
  const bool rotates_;
  const std::shared_ptr<EngineContext> context_;
  Arithmetic& arithmetic_;
  AttentionShape shape_;
  Weight q_;  // [heads * head_dim, hidden]
  Weight k_;  // [kv_heads * head_dim, hidden]
  Weight v_;  // likewise
  // Undefined without attention_bias.
  at::Tensor q_bias_;
  at::Tensor k_bias_;
  at::Tensor v_bias_;
  NormWeights q_norm_;
  NormWeights k_norm_;
  at::Tensor sinks_;

  Rotary rotary_;
  // Of the call that is running.
  std::vector<AttentionQuery> queries_;  // of the full rows
  float* queries_now_ = nullptr;         // [full rows, heads * head_dim]
  float* keys_now_ = nullptr;            // [rows, kv_heads * head_dim]
  float* values_now_ = nullptr;          // likewise
  float* cos_ = nullptr;
  float* sin_ = nullptr;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_GROUPED_ATTENTION_H_
