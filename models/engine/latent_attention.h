// Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434, section 2.1) on
// the compressed cache: a position holds its normed latent vector c and one
// rotated key for all heads. With W_k and W_v the two parts of a head's
// up-projection, q.(W_k c) = (W_k^T q).c and sum w_i W_v c_i = W_v sum w_i c_i:
// all heads attend to the same keys, whose first kv_rank values are the values.
#ifndef SPACEMOE_MODELS_ENGINE_LATENT_ATTENTION_H_
#define SPACEMOE_MODELS_ENGINE_LATENT_ATTENTION_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "models/engine/attention_block.h"
#include "models/engine/rotary.h"

namespace spacemoe {

class LatentAttentionBlock : public AttentionBlock {
 public:
  // config.latent must be set.
  LatentAttentionBlock(const ModelConfig& config, int64_t layer,
                       std::shared_ptr<EngineContext> context);
  absl::Status Load(const WeightLoader& loader);

  const float* Attend(const AttentionRows& rows) override;
  double Flops(double keys) const override;

 private:
  absl::Status LoadQuery(const WeightLoader& loader);
  absl::Status LoadKeyValue(const WeightLoader& loader);
  // The heads' parts of the up-projection, stored together or apart.
  absl::Status LoadUp(const WeightLoader& loader);
  void SplitHeads(const MatrixView& up);

  void ProjectQueries(const AttentionRows& rows);
  void ProjectLatents(const AttentionRows& rows);
  void RotateAndAppend(const AttentionRows& rows);
  void AppendLatent(const AttentionRows& rows, int64_t row);
  void RotateQuery(int64_t full_row);
  // The queries' nope parts as latent vectors.
  void AbsorbKeys(int64_t full_rows);
  void AttendRows(const AttentionRows& rows);
  const float* ExpandValues(int64_t full_rows);
  float* Floats(Buffer buffer, int64_t count) {
    return context_->workspace.Floats(buffer, count);
  }

  // Constant after Load.
  const ModelConfig& config_;
  const LatentAttention& latent_;
  const int64_t layer_;
  const std::shared_ptr<EngineContext> context_;
  Arithmetic& arithmetic_;
  AttentionShape shape_;
  RopeShape query_rope_;
  RopeShape key_rope_;
  Weight q_;       // [heads * (nope + rope), hidden or query_rank]
  Weight q_down_;  // [query_rank, hidden]
  at::Tensor q_down_bias_;
  NormWeights q_norm_;
  Weight kv_down_;  // [kv_rank + rope, hidden]
  at::Tensor kv_down_bias_;
  NormWeights latent_norm_;
  std::vector<Weight> key_up_;    // by head: W_k^T, [kv_rank, nope]
  std::vector<Weight> value_up_;  // by head: W_v, [value_dim, kv_rank]

  Rotary rotary_;
  // Of the call that is running.
  std::vector<AttentionQuery> queries_;
  float* q_now_ = nullptr;         // [full rows, heads, nope + rope]
  float* latents_now_ = nullptr;   // [rows, kv_rank + rope]
  float* absorbed_now_ = nullptr;  // [full rows, heads, kv_rank + rope]
  float* attended_now_ = nullptr;  // [full rows, heads, kv_rank]
  float* cos_ = nullptr;
  float* sin_ = nullptr;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_LATENT_ATTENTION_H_
