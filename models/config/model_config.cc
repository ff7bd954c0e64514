#include "models/config/model_config.h"

#include <algorithm>

namespace spacemoe {

const LayerConfig& ModelConfig::Layer(std::int64_t layer) const {
  static const LayerConfig kUsual;
  const auto count = static_cast<std::int64_t>(layer_configs.size());
  return layer >= 0 && layer < count ? layer_configs[layer] : kUsual;
}

LayerConfig& ModelConfig::EditLayer(std::int64_t layer) {
  layer_configs.resize(layers);
  return layer_configs.at(layer);
}

std::int64_t ModelConfig::Experts(std::int64_t layer) const {
  return IsDense(layer) ? 0 : experts;
}

std::int64_t ModelConfig::ExpertsPerToken(std::int64_t layer) const {
  if (IsDense(layer)) return 0;
  return Layer(layer).experts_per_token.value_or(experts_per_token);
}

std::int64_t ModelConfig::FirstLayerWithExperts() const {
  std::int64_t layer = 0;
  while (layer + 1 < layers && IsDense(layer)) ++layer;
  return layer;
}

std::int64_t ModelConfig::ExpertWidth(std::int64_t layer,
                                      std::int64_t expert) const {
  const std::vector<std::int64_t>& widths = Layer(layer).expert_widths;
  const auto count = static_cast<std::int64_t>(widths.size());
  if (expert >= 0 && expert < count) return widths[expert];
  return Layer(layer).expert_width.value_or(expert_width);
}

std::int64_t ModelConfig::SharedWidth(std::int64_t layer) const {
  if (IsDense(layer)) return dense_width;
  return Layer(layer).shared_width.value_or(shared_width);
}

std::int64_t ModelConfig::RotaryDim() const {
  if (latent) return latent->rope_dim;
  return rotary_dim > 0 ? rotary_dim : head_dim;
}

std::int64_t ModelConfig::QueryWidth() const {
  return heads * (latent ? latent->query_dim() : head_dim);
}

std::int64_t ModelConfig::KeyWidth() const { return kv_heads * head_dim; }

std::int64_t ModelConfig::AttendedWidth() const {
  return heads * (latent ? latent->value_dim : head_dim);
}

std::int64_t ModelConfig::CachedKeyWidth() const {
  return latent ? latent->cache_width() : KeyWidth();
}

std::int64_t ModelConfig::CachedValueWidth() const {
  return latent ? 0 : KeyWidth();
}

std::int64_t ModelConfig::FirstKey(std::int64_t layer,
                                   std::int64_t position) const {
  if (!Layer(layer).windowed) return 0;
  std::int64_t first = 0;
  if (sliding_window) first = std::max(first, position - *sliding_window + 1);
  if (attention_chunk)
    first = std::max(first, position - position % *attention_chunk);
  return first;
}

}  // namespace spacemoe
