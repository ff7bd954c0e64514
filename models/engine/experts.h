// The experts of one layer that one process holds.
#ifndef SPACEMOE_MODELS_ENGINE_EXPERTS_H_
#define SPACEMOE_MODELS_ENGINE_EXPERTS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "models/engine/feed_forward.h"
#include "models/roles/roles.h"

namespace spacemoe {

class Experts : public ExpertRole {
 public:
  // `ids`: in any order, each once. INVALID_ARGUMENT for an id twice or one
  // that the layer does not have.
  static absl::StatusOr<std::unique_ptr<Experts>> Create(
      const Checkpoint& checkpoint, int64_t layer, std::vector<int32_t> ids,
      std::shared_ptr<EngineContext> context);

  const std::vector<int32_t>& experts() const override { return ids_; }
  absl::Status Run(int32_t expert, int64_t rows, const float* normed,
                   const float* weights, float* out) override;
  double Flops() const override;

  // nullptr for an expert that is not here.
  const FeedForward* block(int32_t expert) const;

 private:
  explicit Experts(std::shared_ptr<EngineContext> context)
      : context_(std::move(context)) {}

  const std::shared_ptr<EngineContext> context_;
  std::vector<int32_t> ids_;         // ascending
  std::vector<FeedForward> blocks_;  // in the order of ids_
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_EXPERTS_H_
