// Embedding, final norm and LM head.
#ifndef SPACEMOE_MODELS_ENGINE_HEAD_H_
#define SPACEMOE_MODELS_ENGINE_HEAD_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "models/engine/engine_context.h"
#include "models/engine/weight_loader.h"
#include "models/roles/roles.h"

namespace spacemoe {

class Head : public HeadRole {
 public:
  static absl::StatusOr<std::unique_ptr<Head>> Create(
      const Checkpoint& checkpoint, std::shared_ptr<EngineContext> context);

  int64_t hidden_size() const override { return config_.hidden_size; }
  int64_t vocab_size() const override { return config_.vocab_size; }
  absl::Status Embed(absl::Span<const int64_t> ids, float* out) override;
  absl::Status Logits(int64_t rows, const float* hidden,
                      float* logits) override;
  double Flops() const override;

 private:
  Head(const ModelConfig& config, std::shared_ptr<EngineContext> context)
      : config_(config), context_(std::move(context)) {}
  absl::Status Load(const WeightLoader& loader);
  void Divide(int64_t count, float* logits) const;

  const ModelConfig& config_;
  std::string where_;  // the checkpoint, for messages
  const std::shared_ptr<EngineContext> context_;
  MatrixView embedding_;  // [vocab, hidden]
  NormWeights final_norm_;
  Weight lm_head_;           // [vocab, hidden]
  at::Tensor lm_head_bias_;  // [vocab], or undefined
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_HEAD_H_
