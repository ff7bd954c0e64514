#include "models/engine/attention_block.h"

#include <utility>

#include "models/engine/grouped_attention.h"
#include "models/engine/latent_attention.h"

namespace spacemoe {
namespace {

template <typename Block>
absl::StatusOr<std::unique_ptr<AttentionBlock>> Load(
    std::unique_ptr<Block> block, const WeightLoader& loader) {
  const absl::Status status = block->Load(loader);
  if (!status.ok()) return status;
  return block;
}

}  // namespace

absl::StatusOr<std::unique_ptr<AttentionBlock>> MakeAttention(
    const ModelConfig& config, int64_t layer, const WeightLoader& loader,
    std::shared_ptr<EngineContext> context) {
  if (config.latent) {
    return Load(std::make_unique<LatentAttentionBlock>(config, layer,
                                                       std::move(context)),
                loader);
  }
  return Load(
      std::make_unique<GroupedAttention>(config, layer, std::move(context)),
      loader);
}

}  // namespace spacemoe
