// A model whose roles are separate objects, as on the ring: a gateway, a
// combiner and several expert roles a layer, each made by the factory.
#ifndef SPACEMOE_TESTS_MODELS_ENGINE_SPLIT_MODEL_H_
#define SPACEMOE_TESTS_MODELS_ENGINE_SPLIT_MODEL_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "models/engine/role_factory.h"
#include "models/roles/roles.h"

namespace spacemoe {

class SplitModel {
 public:
  static absl::StatusOr<std::unique_ptr<SplitModel>> Create(
      const Checkpoint& checkpoint, const ComputeOptions& options,
      int64_t experts_per_role);

  // Logits of positions [first, ids) of a sequence, one position a step.
  absl::StatusOr<std::vector<float>> Logits(uint64_t sequence,
                                            const std::vector<int64_t>& ids,
                                            int64_t first);

  // Texts of one length, sequence i being text i, a batch a position. Result:
  // the logits of each text.
  absl::StatusOr<std::vector<std::vector<float>>> LogitsTogether(
      const std::vector<std::vector<int64_t>>& texts);

 private:
  struct Layer {
    std::unique_ptr<GatewayRole> gateway;
    std::unique_ptr<LayerCombiner> combiner;
    std::vector<std::unique_ptr<ExpertRole>> experts;
    std::vector<ExpertRole*> holder;  // by expert id
  };
  using Floats = std::vector<float>;

  absl::Status LoadLayer(const Checkpoint& checkpoint,
                         const ComputeOptions& options, int64_t layer,
                         int64_t experts_per_role);
  absl::StatusOr<Floats> Step(const std::vector<GatewayRow>& rows,
                              const std::vector<int64_t>& ids);
  absl::Status RunLayer(Layer& layer, const std::vector<GatewayRow>& rows,
                        Floats& hidden);
  absl::StatusOr<Floats> RunExpert(Layer& layer, const ExpertChoice& choice,
                                   const float* normed);

  std::unique_ptr<HeadRole> head_;
  std::vector<Layer> layers_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_MODELS_ENGINE_SPLIT_MODEL_H_
