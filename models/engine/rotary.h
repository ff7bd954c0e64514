// The angles of rotary position embedding (Su et al. 2021, arXiv:2104.09864),
// computed as transformers computes them.
#ifndef SPACEMOE_MODELS_ENGINE_ROTARY_H_
#define SPACEMOE_MODELS_ENGINE_ROTARY_H_

#include <cstdint>
#include <vector>

#include "models/config/model_config.h"

namespace spacemoe {

// Immutable after construction.
class Rotary {
 public:
  // With the config's scaling: linear (positions divided by the factor),
  // llama3 or yarn (see rope_scaling.h).
  Rotary(const ModelConfig& config, bool round_bf16);

  int64_t half_dim() const {
    return static_cast<int64_t>(inverse_frequencies_.size());
  }

  // Radians per position, float32, [head_dim / 2].
  const std::vector<float>& inverse_frequencies() const {
    return inverse_frequencies_;
  }
  // Factor of cos and sin: 1 but for yarn.
  float attention_factor() const { return attention_factor_; }

  // cos, sin: [head_dim / 2]. angle = position * inverse frequency in float32.
  void Angles(int64_t position, float* cos, float* sin) const;

 private:
  std::vector<float> inverse_frequencies_;
  float attention_factor_ = 1;
  bool round_bf16_ = false;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_ROTARY_H_
